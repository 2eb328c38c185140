//! Crawls keep coming: nothing is lost, nothing comes twice, whatever is killed, full or damaged.

mod crash;
mod damage;
mod full;
mod limits;
mod model;
mod support;
