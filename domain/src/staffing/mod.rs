//! From volumes to people: Erlang formulas and requirements.
