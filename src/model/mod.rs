//! Floor 0: plain data, named with the words of the house. No SQL, no JSON of any protocol, no behaviour beyond what the data itself implies.

pub mod access;
pub mod action;
pub mod agent;
pub mod contact;
pub mod conversation;
pub mod draft;
pub mod event;
pub mod facts;
pub mod filter;
pub mod hours;
pub mod house;
pub mod inbox;
pub mod job;
pub mod macros;
pub mod message;
pub mod notice;
pub mod numbers;
pub mod outlook;
pub mod privacy;
pub mod rich;
pub mod role;
pub mod sla;
pub mod status;
pub mod tag;
pub mod team;
pub mod template;
