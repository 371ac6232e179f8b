//! The arguments of `gmpki trust-list`.

mod copies;
mod entry;
mod publisher;
mod reader;
mod urgent;

pub(crate) use copies::{ListDiff, ListExport, ListForm, ListImport};
pub(crate) use entry::{CarrierName, CauseName, Decision, ListAdd, ListChange, UsageName};
pub(crate) use publisher::{
    Address, Keys, ListBuild, ListDue, ListNew, ListRename, ListRoll, ListSign, OwnAddress,
    Signers, Term,
};
pub(crate) use reader::{ListMirror, ListQuery, ListVerify, Recovery, SignedList};
pub(crate) use urgent::{FlashStatus, ListFlash};

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum TrustListCommand {
    /// Begin a publisher's list
    New(Box<ListNew>),
    /// Admit a class of a CA's certificates
    Add(Box<ListAdd>),
    /// Suspend a class
    Suspend(ListChange),
    /// Recognise a suspended class again
    Reinstate(ListChange),
    /// End the recognition of a class
    Terminate(ListChange),
    /// Say who signs the list, and announce who will
    Signers(ListRoll),
    /// Give the publisher another name: an authority succeeds another one
    Rename(Box<ListRename>),
    /// Give a draft its number and times, and look for what readers would refuse
    Build(Box<ListBuild>),
    /// Sign a list that was built, and publish it
    Sign(Box<ListSign>),
    /// End recognitions at once, before the next list: make and sign a status flash
    Flash(Box<ListFlash>),
    /// Say whether a list has to be sent out again, changed or not
    Due(ListDue),
    /// Check the other side's list beside ours, or publish it there
    Mirror(Box<ListMirror>),
    /// Say whether lists and flashes are accepted, and remember them
    Verify(Box<ListVerify>),
    /// Ask whether a certificate is recognised, or was
    Query(Box<ListQuery>),
    /// Say what differs between two lists
    Diff(ListDiff),
    /// Write the list for other readers: ETSI XML, RFC 5914 anchors, a page
    Export(ListExport),
    /// Read a list of others: ETSI XML as the EU has it, or our JSON
    Import(ListImport),
}
