//! Any bytes → text: what is valid UTF-8 comes out as it is.

#![no_main]

use liancheng::read::encoding::{declared_in_html, decode, decode_owned, undoubled};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let declared = declared_in_html(bytes);
    let decoded = decode(bytes, declared.as_slice());
    assert_eq!(decoded, decode_owned(bytes.to_vec(), declared.as_slice()));
    let _ = undoubled(&decoded.text);
});
