//! Trust lists as two publishers and their readers live with them: the mutual recognition of
//! Guangdong and Hong Kong from admission to termination, the schemas of ETSI, the national
//! lists of the EU, and the commands.

mod commands;
mod documents;
mod european;
mod formats;
mod hong_kong;
mod papers;
mod service;
mod story;
mod time_stamps;
mod world;
