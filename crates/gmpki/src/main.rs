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

use args::{Args, AuditCommand, CertCommand, Command, CsrCommand, Sm2Command};
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
        Command::Sm2(Sm2Command::Verify(verify)) => sm2::verify(&verify),
        Command::Sm3 { files } => sm3::digest(&files),
        Command::Audit(AuditCommand::Verify { store }) => audit::verify(&store),
    }
}
