//! EUC-TW (CNS 11643 as bytes) → text, by way of Big5.
//!
//! The WHATWG tables that browsers share leave EUC-TW out. The first two planes of CNS 11643 hold
//! the characters of Big5 in nearly the same order, so that a table of stretches is enough (the
//! correspondence that RFC 1922 describes). The characters of the higher planes are rare; they, and
//! some fifty signs that Big5 lacks, cannot be decoded and are counted.

use encoding_rs::BIG5;

/// Decodes bytes; what cannot be decoded stands as `�`.
pub(super) fn decode(bytes: &[u8]) -> String {
    let mut big5 = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&first) = bytes.get(at) {
        let follows = |count: usize| {
            bytes.get(at + 1..=at + count).filter(|rest| rest.iter().all(|&b| b >= 0xa1))
        };
        let (used, character) = match (first, follows(1), follows(3)) {
            // Two bytes are a character of plane 1; 0x8e and the plane stand before four.
            (0xa1..=0xfe, Some(rest), _) => (2, in_big5(0, first, rest[0])),
            (0x8e, _, Some(rest)) => (4, in_big5(rest[0] - 0xa1, rest[1], rest[2])),
            _ => (1, None),
        };
        match character {
            Some(pair) => big5.extend_from_slice(&pair),
            None if first < 0x80 => big5.push(first),
            // No text in Big5 has this byte, so that it becomes one `�`.
            None => big5.push(0xff),
        }
        at += used;
    }
    BIG5.decode_without_bom_handling(&big5).0.into_owned()
}

/// Finds where Big5 has a character; `plane` counts from 0.
fn in_big5(plane: u8, row: u8, cell: u8) -> Option<[u8; 2]> {
    let (row, cell) = (row.checked_sub(0xa1)?, cell.checked_sub(0xa1)?);
    let index = u16::from(plane)
        .checked_mul(94 * 94)?
        .checked_add(u16::from(row) * 94 + u16::from(cell))?;
    let next = STRETCHES.partition_point(|(first, ..)| *first <= index);
    let (first, in_big5, count) = STRETCHES.get(next.checked_sub(1)?)?;
    let offset = index - first;
    if offset >= *count {
        return None;
    }
    let (lead, trail) = ((in_big5 + offset) / 157, (in_big5 + offset) % 157);
    let trail = if trail < 63 { trail + 0x40 } else { trail - 63 + 0xa1 };
    Some([u8::try_from(lead + 0xa1).ok()?, u8::try_from(trail).ok()?])
}

/// Characters that stand in both in the same order: the place of the first in CNS 11643 (94 × 94 a
/// plane), its place in Big5 (157 a row), how many.
///
/// Computed from the tables of EUC-TW in the GNU C library and of Big5 (code page 950).
const STRETCHES: &[(u16, u16, u16)] = &[
    (0, 0, 5),
    (6, 6, 15),
    (21, 23, 2),
    (24, 22, 1),
    (29, 29, 44),
    (73, 74, 1),
    (74, 73, 1),
    (75, 75, 22),
    (98, 98, 1),
    (100, 100, 27),
    (127, 128, 1),
    (128, 127, 1),
    (129, 129, 19),
    (148, 149, 1),
    (149, 148, 1),
    (150, 150, 4),
    (155, 21, 1),
    (156, 156, 78),
    (282, 234, 29),
    (312, 264, 1),
    (314, 266, 142),
    (470, 6101, 20),
    (3290, 471, 1412),
    (4702, 1884, 424),
    (5126, 1883, 1),
    (5127, 2308, 1876),
    (7003, 4571, 1),
    (7004, 4184, 387),
    (7391, 4572, 525),
    (7916, 5286, 1),
    (7917, 5097, 105),
    (8023, 5203, 83),
    (8106, 5287, 84),
    (8190, 5517, 1),
    (8191, 5371, 54),
    (8245, 5426, 1),
    (8246, 5425, 1),
    (8247, 5427, 90),
    (8337, 5518, 354),
    (8836, 6280, 10),
    (8846, 6291, 33),
    (8879, 6372, 1),
    (8880, 6324, 48),
    (8928, 6373, 46),
    (8974, 6586, 1),
    (8975, 6419, 167),
    (9142, 6587, 1840),
    (10_982, 9074, 1),
    (10_983, 8428, 108),
    (11_091, 8537, 537),
    (11_628, 8427, 1),
    (11_629, 9075, 100),
    (11_729, 8536, 1),
    (11_730, 9175, 399),
    (12_129, 9575, 1637),
    (13_766, 11_761, 1),
    (13_767, 11_212, 146),
    (13_913, 11_899, 1),
    (13_914, 11_358, 287),
    (14_201, 12_508, 1),
    (14_202, 11_645, 116),
    (14_318, 11_762, 137),
    (14_455, 11_900, 104),
    (14_559, 12_425, 1),
    (14_560, 12_004, 222),
    (14_782, 12_227, 198),
    (14_980, 12_426, 82),
    (15_062, 12_509, 86),
    (15_148, 12_226, 1),
    (15_149, 12_595, 8),
    (15_157, 12_604, 153),
    (15_310, 12_758, 56),
    (15_366, 13_114, 1),
    (15_367, 12_814, 113),
    (15_480, 12_603, 1),
    (15_481, 12_927, 142),
    (15_623, 12_757, 1),
    (15_624, 13_069, 45),
    (15_669, 13_115, 71),
    (15_740, 13_380, 1),
    (15_741, 13_186, 194),
    (15_935, 13_381, 490),
    (16_425, 13_914, 1),
    (16_426, 13_871, 43),
    (16_469, 13_915, 1),
    (16_470, 13_917, 11),
    (16_481, 13_916, 1),
    (16_482, 13_928, 4),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_planes_are_read() {
        // The bytes are those that `iconv -t EUC-TW` gives.
        for (bytes, text) in [
            (&b"\xc8\xf3\xc4\xd4\xea\xd8\xd3\xbd\xc7\xd8\xf8\xdc\xd3\xd4\xc4\xa9\xc4\xdf\xc7\xd9\xc9\xa2\xcc\xb6\xfa\xbe\xa1\xa2\xc7\xc1\xd0\xfa\xd3\xf9\xc7\xe2\xa1\xa4\x41"[..], "佛山與茂名簽訂人才合作協議，共建飛地。A"),
            (&b"\x8e\xa2\xf0\xb4"[..], "囍"),
            (b"\xa1\x40\xc4\xe3\xff\x8e\xae\xa1\xa1", "�@中��"),
        ] {
            assert_eq!(decode(bytes), text);
        }
    }

    #[test]
    fn every_stretch_lies_in_big5() {
        for pair in STRETCHES.windows(2) {
            assert!(pair[0].0 + pair[0].2 <= pair[1].0, "{pair:?} are in order");
        }
        for (first, _, count) in STRETCHES {
            for index in *first..first + count {
                let (plane, cell) = (index / 8836, index % 8836);
                let pair = in_big5(plane as u8, (cell / 94) as u8 + 0xa1, (cell % 94) as u8 + 0xa1);
                let pair = pair.unwrap();
                let text = BIG5.decode_without_bom_handling(&pair).0;
                assert!(!text.contains('\u{fffd}'), "{index}: {pair:x?}");
            }
        }
    }
}
