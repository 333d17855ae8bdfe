//! Two people talk.

use crate::support::*;

/// rows 7, 77, 78, 80, 84, 100, 125, 127
#[tokio::test]
async fn a_stranger_and_an_agent_talk_both_ways() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    let begun = visitor.starts("Do you deliver to Malta?").await;
    assert_eq!(begun["user"]["is_visitor"], true);
    assert_eq!(begun["messages"].as_array().map(Vec::len), Some(1));
    let seen = agent.sees("Do you deliver to Malta?").await;
    assert_eq!(seen["conversation"]["uuid"], visitor.conversation());
    agent.replies(&visitor.conversation(), "We **do**!").await;
    let heard = visitor.hears("We do!").await;
    assert_eq!(heard["author"]["type"], "agent");
    assert_eq!(heard["content"], "<p>We <strong>do</strong>!</p>");
    let more = visitor.says("How long does it take?").await;
    assert_eq!(more["content"], "How long does it take?");
    agent.sees("How long does it take?").await;
    assert_eq!(visitor.texts().await, ["Do you deliver to Malta?", "We do!", "How long does it take?"]);
}
