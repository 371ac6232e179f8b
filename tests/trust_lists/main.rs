//! Trust lists as two publishers and their readers live with them: the mutual recognition of
//! Guangdong and Hong Kong from admission to termination, the schemas of ETSI, the national
//! lists of the EU, and the commands.

mod attacks;
mod commands;
mod desk;
mod documents;
mod european;
mod formats;
mod hong_kong;
mod operations;
mod papers;
mod service;
mod story;
mod succession;
mod time_stamps;
mod world;
