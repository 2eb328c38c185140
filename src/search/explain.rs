//! A plan and an article that it found → what earned the article its score, part by part.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Query};

use super::LocalSearcher;
use super::bag::BagQuery;
use super::collect::Candidate;
use super::compile::Compiler;
use super::condition::{Concept, Key};
use super::engine::{LocalStatistics, catch_up};
use super::weights::Weights;
use super::{How, Part};
use crate::query::{Bag, Node, Plan};

/// Less than this is nothing worth telling.
const TOLD: f32 = 0.005;

impl LocalSearcher {
    /// What earned an article its score.
    pub(super) fn explain(&self, plan: &Plan, found: &Candidate) -> tantivy::Result<Vec<Part>> {
        let mut bags: Vec<&Bag> = Vec::new();
        if let Some(node) = &plan.node {
            node.visit(&mut |leaf| {
                if let Node::Bag(bag) = leaf {
                    bags.push(bag);
                }
            });
        }
        let statistics = self.statistics();
        let compiler = Compiler::new(&statistics, &self.weights);
        let mut parts = Vec::new();
        for bag in bags {
            let (concepts, places) = compiler.concepts(bag)?;
            let score = |concepts: Vec<Concept>, weights: Weights| {
                self.score_of(&compiler, concepts, places.clone(), weights, found)
            };
            let alone = Weights { required: 0.0, together_places: 0.0, ..(*self.weights).clone() };
            let mut apart = 0.0;
            for concept in &concepts {
                parts.extend(parts_of(concept, &alone, &score)?);
                apart += score(vec![concept.clone()], alone.clone())?;
            }
            // The whole with more and more of what concerns all concepts together.
            let all = Weights { required: 0.0, ..(*self.weights).clone() };
            let placeless = Weights { placeless: 1.0, ..all.clone() };
            let even = Weights { subject: 1.0, ..placeless.clone() };
            let mut before = apart;
            for (how, weights) in
                [(How::SeveralPlaces, even), (How::NoSubject, placeless), (How::NoPlace, all)]
            {
                let whole = score(concepts.clone(), weights)?;
                parts.push(Part { what: String::new(), how, earned: whole - before });
                before = whole;
            }
        }
        let sketch = compiler.take_sketch();
        if !sketch.is_empty() && found.reconsidered {
            let (segment, document) = (found.address.segment_ord, found.address.doc_id);
            let weights = &self.weights;
            for close in self.closeness(&sketch, segment, &[document])? {
                for (how, share) in close.shares(weights) {
                    let earned = share * sketch.total();
                    parts.push(Part { what: String::new(), how, earned });
                }
            }
        }
        let told: f32 = parts.iter().map(|part| part.earned).sum();
        let fresh = self.freshness(plan)?;
        let unfavoured = found.score / fresh.map_or(1.0, |fresh| fresh.factor(found.day));
        parts.push(Part { what: String::new(), how: How::Literal, earned: unfavoured - told });
        parts.push(Part { what: String::new(), how: How::Fresh, earned: found.score - unfavoured });
        parts.retain(|part| part.earned.abs() >= TOLD);
        Ok(parts)
    }

    fn score_of(
        &self,
        compiler: &Compiler<'_, LocalStatistics<'_>>,
        concepts: Vec<Concept>,
        places: Vec<Vec<Key>>,
        weights: Weights,
        found: &Candidate,
    ) -> tantivy::Result<f32> {
        let bag = Arc::new(compiler.bag_of(concepts, places, Arc::new(weights))?);
        let query = BagQuery { bag, fields: self.index().fields };
        let weight = query.weight(EnableScoring::disabled_from_searcher(self.engine()))?;
        let segment = self.engine().segment_reader(found.address.segment_ord);
        let mut scorer = weight.scorer(segment, 1.0)?;
        let document = found.address.doc_id;
        Ok(if catch_up(scorer.as_mut(), document) == document { scorer.score() } else { 0.0 })
    }
}

/// What one concept earned: as typed, as something else, by its places.
fn parts_of(
    concept: &Concept,
    weights: &Weights,
    score: &dyn Fn(Vec<Concept>, Weights) -> tantivy::Result<f32>,
) -> tantivy::Result<Vec<Part>> {
    let typed = Concept { alternatives: Vec::new(), places: 0, ..concept.clone() };
    let typed_earned = score(vec![typed.clone()], weights.clone())?;
    let mut parts = Vec::new();
    let mut best = (typed_earned, concept.name.clone(), How::Typed);
    for alternative in &concept.alternatives {
        let name = alternative.name.clone();
        let only = Concept {
            leaves: Vec::new(),
            alternatives: vec![alternative.clone()],
            places: 0,
            ..concept.clone()
        };
        let earned = score(vec![only], weights.clone())?;
        if earned > best.0 {
            best = (earned, format!("{} ({})", name, concept.name), How::InsteadOf);
        }
    }
    parts.push(Part { what: best.1, how: best.2, earned: best.0 });
    if concept.places != 0 {
        let with = Concept { alternatives: Vec::new(), ..concept.clone() };
        let earned = score(vec![with], weights.clone())? - typed_earned;
        parts.push(Part { what: concept.name.clone(), how: How::AboutPlace, earned });
    }
    Ok(parts)
}
