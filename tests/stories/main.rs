//! The product's promises as stories, spoken in the vocabulary of `tests/support`. A comment names the checklist rows a story proves.

#[path = "../support/mod.rs"]
mod support;

mod archive;
mod attacks;
mod attacks_desk;
mod availability;
mod catch_up;
mod chat;
mod continuity;
mod continuity_law;
mod dialects;
mod elsewhere;
mod erase;
mod evidence;
mod exposure;
mod files;
mod flow;
mod hub;
mod identify;
mod incoming;
mod inside;
mod knots;
mod letters;
mod mail_manners;
mod mailboxes;
mod notices;
mod numbers;
mod order;
mod owner;
mod people;
mod permissions;
mod person;
mod places;
mod privacy;
mod reach;
mod retention;
mod rich;
mod routing;
mod rules;
mod settings;
mod sight;
mod sla;
mod spam;
mod team;
mod views;
