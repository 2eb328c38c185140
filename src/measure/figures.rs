//! Rankings and judgments → figures of retrieval, each between 0 and 1.
//!
//! K. Järvelin, J. Kekäläinen: Cumulated gain-based evaluation of IR techniques, 2002 (nDCG, with
//! gains of 2^grade − 1); M. Smucker, J. Allan, B. Carterette: A comparison of statistical
//! significance tests for information retrieval evaluation, 2007 (the randomisation test).

use std::collections::BTreeMap;

/// Normalised discounted cumulated gain of the first `depth` of a ranking. What is not judged
/// gains nothing; without any relevant article the figure is 0.
pub fn ndcg(ranking: &[impl AsRef<str>], judgments: &BTreeMap<String, u8>, depth: usize) -> f64 {
    let gain =
        |(at, grade): (usize, u8)| (f64::from(grade).exp2() - 1.0) / ((at + 2) as f64).log2();
    let grades = ranking.iter().take(depth).map(|id| judgments.get(id.as_ref()).copied());
    let gained: f64 = grades.map(Option::unwrap_or_default).enumerate().map(gain).sum();
    let mut ideal: Vec<u8> = judgments.values().copied().collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best: f64 = ideal.into_iter().take(depth).enumerate().map(gain).sum();
    if best > 0.0 { gained / best } else { 0.0 }
}

/// Share of the articles judged `at_least` so much that stand among the first `depth`; none if no
/// article is judged so.
pub fn recall(
    ranking: &[impl AsRef<str>],
    judgments: &BTreeMap<String, u8>,
    at_least: u8,
    depth: usize,
) -> Option<f64> {
    let relevant = judgments.values().filter(|grade| **grade >= at_least).count();
    let mut found: Vec<&str> = ranking
        .iter()
        .take(depth)
        .map(AsRef::as_ref)
        .filter(|id| judgments.get(*id).is_some_and(|grade| *grade >= at_least))
        .collect();
    found.sort_unstable();
    found.dedup();
    (relevant > 0).then(|| found.len() as f64 / relevant as f64)
}

/// One over the place of the first of some articles that are as good as each other; 0 if none
/// stands among the first `depth`.
pub fn reciprocal_rank(ranking: &[impl AsRef<str>], wanted: &[String], depth: usize) -> f64 {
    let first =
        ranking.iter().take(depth).position(|id| wanted.iter().any(|wanted| wanted == id.as_ref()));
    first.map_or(0.0, |at| 1.0 / (at + 1) as f64)
}

/// The mean; 0 of nothing.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// Draws of the randomisation test.
const DRAWS: u32 = 20_000;

/// How likely a difference of means as large as that between two lists would be if it were chance
/// which of the two got which figure (paired randomisation test, two-sided, 20,000 draws that are
/// the same every time).
pub fn p_value(pairs: &[(f64, f64)]) -> f64 {
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| a - b).filter(|d| *d != 0.0).collect();
    let observed = differences.iter().sum::<f64>().abs();
    // Knuth's MMIX generator; the high bits are the random ones.
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    let mut as_large = 0;
    for _ in 0..DRAWS {
        let mut sum = 0.0;
        for difference in &differences {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            sum += if state >> 63 == 0 { *difference } else { -difference };
        }
        if sum.abs() >= observed - 1e-12 {
            as_large += 1;
        }
    }
    f64::from(as_large + 1) / f64::from(DRAWS + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judgments(list: &[(&str, u8)]) -> BTreeMap<String, u8> {
        list.iter().map(|(id, grade)| ((*id).to_owned(), *grade)).collect()
    }

    #[test]
    fn gains_fall_with_the_place() {
        let judged = judgments(&[("甲", 3), ("乙", 1), ("丙", 0)]);
        assert!((ndcg(&["甲", "乙"], &judged, 10) - 1.0).abs() < 1e-12);
        // (1 + 7/log2(3)) / (7 + 1/log2(3))
        assert!((ndcg(&["乙", "甲"], &judged, 10) - 0.709_81).abs() < 1e-4);
        assert!(ndcg(&["丙", "丁"], &judged, 10).abs() < 1e-12);
        assert!(ndcg(&["甲"], &judgments(&[]), 10).abs() < 1e-12);
    }

    #[test]
    fn recall_counts_what_is_relevant_enough() {
        let judged = judgments(&[("甲", 3), ("乙", 2), ("丙", 1)]);
        assert_eq!(recall(&["丙", "甲", "甲"], &judged, 2, 100), Some(0.5));
        assert_eq!(recall(&["丙", "甲"], &judged, 2, 1), Some(0.0));
        assert_eq!(recall(&["甲"], &judgments(&[("丙", 1)]), 2, 100), None);
    }

    #[test]
    fn the_first_of_the_wanted_counts() {
        let wanted = ["乙".to_owned(), "丙".to_owned()];
        assert!((reciprocal_rank(&["甲", "丙", "乙"], &wanted, 10) - 0.5).abs() < 1e-12);
        assert!(reciprocal_rank(&["甲", "丙"], &wanted, 1).abs() < 1e-12);
    }

    #[test]
    fn chance_is_told_from_a_gain() {
        let better: Vec<(f64, f64)> =
            (0..20).map(|i| (0.5 + f64::from(i % 3) * 0.1, 0.4)).collect();
        assert!(p_value(&better) < 0.001);
        let noise: Vec<(f64, f64)> =
            (0..20).map(|i| if i % 2 == 0 { (0.5, 0.4) } else { (0.4, 0.5) }).collect();
        assert!(p_value(&noise) > 0.9);
        assert!((p_value(&[(0.3, 0.3)]) - 1.0).abs() < 1e-12);
    }
}
