//! `gmpki`: the command line over the gm-pki crates.
//!
//! Thin: it reads arguments and files, calls the crates, prints. Messages go to
//! standard error, results to standard output. Exit code 0: done or valid;
//! 1: refused or invalid; 2: wrong usage.

mod args;
mod audit;
mod cert;
mod csr;
mod demo;
mod failure;
mod input;
mod keys;
mod outcome;
mod sm2;
mod sm3;
mod sm4;

use args::{
    Args, AuditCommand, CertCommand, Command, CsrCommand, EnvelopeCommand, Sm2Command, Sm4Command,
};
use clap::Parser;
use failure::Failure;
use outcome::Outcome;
use std::process::ExitCode;

fn main() -> ExitCode {
    // clap prints its own errors and exits with 2, or with 0 after --help.
    let args = Args::parse();
    let json = args.json;
    match run(args) {
        Ok(outcome) => outcome.print(json),
        Err(failure) => failure.print(json),
    }
}

fn run(args: Args) -> Result<Outcome, Failure> {
    match args.command {
        Command::Demo(demo) => demo::run(&demo, args.json),
        Command::Csr(CsrCommand::New(new)) => csr::new(&new),
        Command::Csr(CsrCommand::Show { file }) => csr::show(&file),
        Command::Csr(CsrCommand::Verify { file }) => csr::verify(&file),
        Command::Cert(CertCommand::Issue(issue)) => cert::issue(&issue),
        Command::Cert(CertCommand::Show { file }) => cert::show(&file),
        Command::Cert(CertCommand::Verify(verify)) => cert::verify(&verify),
        Command::Sm2(Sm2Command::Keygen(keygen)) => sm2::keygen(&keygen),
        Command::Sm2(Sm2Command::Sign(sign)) => sm2::sign(&sign),
        Command::Sm2(Sm2Command::Public(public)) => sm2::public(&public),
        Command::Sm2(Sm2Command::Verify(verify)) => sm2::verify(&verify),
        Command::Sm2(Sm2Command::Encrypt(encrypt)) => sm2::encrypt(&encrypt),
        Command::Sm2(Sm2Command::Decrypt(decrypt)) => sm2::decrypt(&decrypt),
        Command::Sm2(Sm2Command::Envelope(EnvelopeCommand::Seal(seal))) => sm2::seal(&seal),
        Command::Sm2(Sm2Command::Envelope(EnvelopeCommand::Open(open))) => sm2::open(&open),
        Command::Sm3(digest) => sm3::digest(&digest),
        Command::Sm4(Sm4Command::Keygen(keygen)) => sm4::keygen(&keygen),
        Command::Sm4(Sm4Command::Encrypt(encrypt)) => sm4::encrypt(&encrypt),
        Command::Sm4(Sm4Command::Decrypt(decrypt)) => sm4::decrypt(&decrypt),
        Command::Audit(AuditCommand::Verify { store }) => audit::verify(&store),
    }
}
