use serde_json::{Value, json};

/// Items of the form "Inbound service", version 3.
const ITEMS: [&str; 10] = ["1.1", "1.2", "2.1", "2.2", "3.1", "3.2", "4.1", "4.2", "5.1", "5.2"];

/// Content of an evaluation by that form: "yes" everywhere but where `other` says something else.
pub(crate) fn evaluation(contact: &str, on: &str, other: &[(&str, &str)]) -> Value {
    let answers = ITEMS.map(|item| {
        let said = other.iter().find(|(at, _)| *at == item).map_or("YES", |(_, answer)| answer);
        json!({"item": item, "answer": said})
    });
    json!({"evaluation": {"contact": contact, "contactOn": on, "form": "inbound_service",
                          "formVersion": 3, "answers": answers}})
}
