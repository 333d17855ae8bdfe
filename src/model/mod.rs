//! Floor 0: plain data, named with the words of the house. No SQL, no JSON of any protocol, no behaviour beyond what the data itself implies.

pub mod access;
pub mod agent;
pub mod contact;
pub mod conversation;
pub mod draft;
pub mod event;
pub mod hours;
pub mod inbox;
pub mod job;
pub mod message;
pub mod notice;
pub mod outlook;
pub mod rich;
pub mod team;
