//! ZIP archives of crawl files: each member is read as a file of a folder is.

use std::io::{self, Read};

use zip::{CompressionMethod, ZipArchive};

use crate::article::{Origin, RawPage, Skip};

use super::source::{Seekable, Source};
use super::{Format, PagesOfFile, encoding, only, open_member};

/// ZIP.
pub(super) struct Zip;

impl Format for Zip {
    fn name(&self) -> &'static str {
        "ZIP"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["zip"]
    }

    fn recognises(&self, start: &[u8]) -> bool {
        start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
    }

    fn pages(&self, source: Source) -> PagesOfFile {
        members(source, |_| true)
    }
}

/// Reads those members of an archive whose names are wanted.
pub(super) fn members(mut source: Source, wanted: fn(&str) -> bool) -> PagesOfFile {
    let listed = source.seekable().and_then(|bytes| {
        let listed = list(&bytes).map_err(|error| {
            Skip::new(source.origin(), format!("is no ZIP archive that can be read: {error}"))
                .hint("it may be cut off; fetch or pack it again")
        })?;
        Ok((bytes, listed))
    });
    match listed {
        Ok((bytes, listed)) => {
            let listed: Vec<Member> = listed.into_iter().filter(|m| wanted(&m.name)).collect();
            Box::new(Members { source, bytes, listed: listed.into_iter(), current: None })
        }
        Err(skip) => only(skip),
    }
}

/// A member, as the directory of the archive has it.
struct Member {
    name: String,
    start: u64,
    packed: u64,
    method: CompressionMethod,
    checksum: u32,
    encrypted: bool,
}

/// Lists the members of an archive in the order in which they are listed there.
fn list(bytes: &Seekable) -> zip::result::ZipResult<Vec<Member>> {
    let mut archive = ZipArchive::new(bytes.open()?)?;
    let mut members = Vec::with_capacity(archive.len().min(1 << 16));
    for at in 0..archive.len() {
        let file = archive.by_index_raw(at)?;
        if file.is_dir() {
            continue;
        }
        members.push(Member {
            // Chinese systems wrote names in GBK before there was a sign for UTF-8.
            name: encoding::decode(file.name_raw(), &[]).text,
            start: file.data_start().unwrap_or_default(),
            packed: file.compressed_size(),
            method: file.compression(),
            checksum: file.crc32(),
            encrypted: file.encrypted(),
        });
    }
    Ok(members)
}

/// The pages of the members, one member after the other.
struct Members {
    source: Source,
    bytes: Seekable,
    listed: std::vec::IntoIter<Member>,
    current: Option<PagesOfFile>,
}

impl Members {
    fn open(&self, member: &Member) -> Result<Option<PagesOfFile>, Skip> {
        let origin = || {
            let archive = self.source.origin().path;
            Origin::file(format!("{archive}!/{}", member.name))
        };
        if member.encrypted {
            return Err(Skip::new(origin(), "is encrypted").hint("unpack the archive yourself"));
        }
        let packed = self
            .bytes
            .part(member.start, member.packed)
            .map_err(|error| Skip::new(origin(), format!("cannot be read: {error}")))?;
        let unpacked: Box<dyn Read + Send> = match member.method {
            CompressionMethod::Stored => packed,
            CompressionMethod::Deflated => {
                self.source.bounded(flate2::read::DeflateDecoder::new(packed))
            }
            method if method == CompressionMethod::ZSTD => {
                let decoder = zstd::stream::read::Decoder::new(packed)
                    .map_err(|error| Skip::new(origin(), format!("cannot be read: {error}")))?;
                self.source.bounded(decoder)
            }
            other => {
                return Err(Skip::new(
                    origin(),
                    format!("is packed by {other}, which is not known here"),
                )
                .hint("unpack the archive yourself, or pack it with deflate"));
            }
        };
        let checked = Checked { inner: unpacked, sum: flate2::Crc::new(), want: member.checksum };
        open_member(&self.source, &member.name, checked)
    }
}

impl Iterator for Members {
    type Item = Result<RawPage, Skip>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(pages) = &mut self.current {
                if let Some(page) = pages.next() {
                    return Some(page);
                }
                self.current = None;
            }
            let Some(member) = self.listed.next() else {
                self.bytes.count_rest();
                return None;
            };
            match self.open(&member) {
                Ok(pages) => self.current = pages,
                Err(skip) => return Some(Err(skip)),
            }
        }
    }
}

/// Compares what is read with its checksum.
struct Checked<R> {
    inner: R,
    sum: flate2::Crc,
    want: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.sum.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() && self.sum.sum() != self.want {
            return Err(io::Error::other("its bytes do not add up to its checksum"));
        }
        Ok(count)
    }
}
