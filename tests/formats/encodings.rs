//! Encodings, measured on the files with which others test theirs.

use liancheng::read::encoding::{declared_in_html, decode};

use crate::desk::{files, shared};

/// The encodings that a folder of chardet's tests may be read as.
const FOLDERS: &[(&str, &[&str])] = &[
    ("GB2312", &["gb18030", "GBK"]),
    ("Big5", &["Big5"]),
    ("EUC-TW", &["EUC-TW"]),
    ("utf-8", &["UTF-8"]),
    ("utf-8-sig", &["UTF-8"]),
];

#[test]
fn the_files_of_chardet_are_read_rightly() {
    let Some(folder) = shared("pages/chardet/tests") else { return };
    let (mut chinese, mut right) = (0, 0);
    for (name, accepted) in FOLDERS {
        for path in files(&folder.join(name)) {
            let bytes = std::fs::read(&path).unwrap();
            // By the bytes alone, and with what the file declares: both have to be right.
            let alone = decode(&bytes, &[]);
            let declared = decode(&bytes, declared_in_html(&bytes).as_slice());
            let fits = |encoding: &str| accepted.contains(&encoding);
            let good = fits(alone.encoding) && fits(declared.encoding);
            if !good {
                println!("{}: {} / {}", path.display(), alone.encoding, declared.encoding);
            }
            if matches!(*name, "GB2312" | "Big5" | "EUC-TW") {
                chinese += 1;
                right += usize::from(good);
                if alone.damaged > 0 {
                    println!("{}: {} damaged", path.display(), alone.damaged);
                }
            } else {
                assert!(good, "{}", path.display());
            }
        }
    }
    println!("chardet's Chinese files: {right} of {chinese} right");
    assert!(right * 100 >= chinese * 95, "{right} of {chinese}");
}

#[test]
fn a_wrong_declaration_is_overruled_by_the_bytes() {
    let text = "佛山与茂名两地签订人才合作协议，共建“人才飞地”，推动产业协作。";
    let traditional = "佛山與茂名兩地簽訂人才合作協議，共建「人才飛地」，推動產業協作。";
    let encodings = [encoding_rs::UTF_8, encoding_rs::GBK, encoding_rs::BIG5];
    for (text, truth) in [(text, encodings[0]), (text, encodings[1]), (traditional, encodings[2])] {
        let bytes = truth.encode(text).0;
        for wrong in encodings.iter().chain([&encoding_rs::WINDOWS_1252, &encoding_rs::SHIFT_JIS]) {
            for declared in [&[*wrong][..], &[*wrong, truth], &[*wrong, *wrong]] {
                assert_eq!(decode(&bytes, declared).text, text, "{truth:?} declared as {wrong:?}");
            }
        }
    }
}

#[test]
fn what_cannot_be_decoded_is_marked_and_counted() {
    let mut bytes = encoding_rs::GBK.encode(&"佛山与茂名签约。".repeat(20)).0.into_owned();
    bytes.extend([0xff, b'\n']);
    bytes.extend(encoding_rs::GBK.encode("两地携手。").0.iter());
    let decoded = decode(&bytes, &[]);
    assert_eq!((decoded.encoding, decoded.damaged), ("gb18030", 1));
    assert!(decoded.text.contains('\u{fffd}') && decoded.text.ends_with("两地携手。"));
}
