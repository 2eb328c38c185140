//! A stream of bytes in any encoding → the same text in UTF-8.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, Encoding};

/// Decodes while it is read; what cannot be decoded becomes `�`.
pub(super) struct Transcoder {
    inner: Box<dyn BufRead + Send>,
    decoder: Decoder,
    ready: Vec<u8>,
    at: usize,
    ended: bool,
}

/// How many bytes are decoded at a time.
const STEP: usize = 32 << 10;

impl Transcoder {
    pub(super) fn new(inner: Box<dyn BufRead + Send>, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { inner, decoder, ready: Vec::new(), at: 0, ended: false }
    }

    /// Decodes the next piece.
    fn step(&mut self) -> io::Result<()> {
        let chunk = self.inner.fill_buf()?;
        let chunk = &chunk[..chunk.len().min(STEP)];
        let last = chunk.is_empty();
        let most = self.decoder.max_utf8_buffer_length(chunk.len()).unwrap_or(STEP * 4);
        self.ready.resize(most, 0);
        let (_, read, written, _) = self.decoder.decode_to_utf8(chunk, &mut self.ready, last);
        self.ready.truncate(written);
        self.at = 0;
        self.ended = last;
        self.inner.consume(read);
        Ok(())
    }
}

impl Read for Transcoder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && !self.ended {
            self.step()?;
        }
        let count = buffer.len().min(self.ready.len() - self.at);
        buffer[..count].copy_from_slice(&self.ready[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn pieces_of_any_size_make_the_whole(text in "\\PC{0,60}", piece in 1usize..7) {
            let bytes = encoding_rs::GB18030.encode(&text).0.into_owned();
            let pieces = io::BufReader::with_capacity(piece, io::Cursor::new(bytes));
            let mut whole = String::new();
            let mut transcoder = Transcoder::new(Box::new(pieces), encoding_rs::GB18030);
            transcoder.read_to_string(&mut whole).unwrap();
            proptest::prop_assert_eq!(whole, text);
        }
    }
}
