//! Nobody sees through the wall between two companies: every root field of the served schema, by
//! every role and kind of key, with ids of the own company, of another one and of nobody. The cases come from the
//! schema alone, so a new field is tried from the day on which it is served.

mod arguments;
mod below;
mod callers;
mod canaries;
mod ids;
mod nested;
mod planted;
mod report;
mod seed;
mod selection;
mod served;
mod strangers;
mod suite;
mod values;
mod wire;
