//! `gmpki`: the command line over the gm-pki crates.
//!
//! Thin: it reads arguments and files, calls the crates, prints. Messages go to
//! standard error, results to standard output. Exit code 0: done or valid;
//! 1: refused or invalid; 2: wrong usage.

mod args;
mod audit;
mod authority;
mod ca;
mod case;
mod ceremony;
mod cert;
mod cessation;
mod convert;
mod crl;
mod csr;
mod deadlines;
mod demo;
mod desk;
mod device;
mod document;
mod explain;
mod failure;
mod input;
mod keys;
mod kmc;
mod lint;
mod message;
mod moment;
mod named;
mod names;
mod ocsp;
mod outcome;
mod output;
mod person;
mod profile;
mod progress;
mod qualification;
mod registers;
mod report;
mod rules;
mod serial;
mod sm2;
mod sm3;
mod sm4;
mod status;
mod store;
mod trust_list;
mod view;

use args::{
    Args, CeremonyCommand, CertCommand, Command, ConvertCommand, CrlCommand, CsrCommand,
    EnvelopeCommand, MessageCommand, OcspCommand, ProfileCommand, Sm2Command, Sm4Command,
};
use clap::Parser;
use failure::Failure;
use lifecycle::terms::Kind;
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
        Command::Ca(command) => ca::run(&command),
        Command::Case(command) => case::run(&command),
        Command::Cessation(command) => cessation::run(&command),
        Command::Qualification(command) => qualification::run(&command),
        Command::Deadlines(deadlines) => deadlines::run(&deadlines),
        Command::Organisation(command) => registers::organisation(&command),
        Command::Roster(command) => registers::roster(&command),
        Command::Token(command) => registers::token(&command),
        Command::Person(command) => person::run(&command),
        Command::Status(status) => status::run(&status),
        Command::Report(command) => report::run(&command),
        Command::Rules(command) => rules::run(&command),
        Command::Explain(explain) => explain::run(&explain),
        Command::Csr(CsrCommand::New(new)) => csr::new(&new),
        Command::Csr(CsrCommand::Show(show)) => csr::show(&show),
        Command::Csr(CsrCommand::Verify(verify)) => csr::verify(&verify),
        Command::Cert(CertCommand::Issue(issue)) => cert::issue(&issue),
        Command::Cert(CertCommand::Show(show)) => cert::show(&show),
        Command::Cert(CertCommand::Lint(lint)) => lint::run(&lint),
        Command::Cert(CertCommand::Verify(verify)) => cert::verify(&verify),
        Command::Cert(CertCommand::Freeze(about)) => case::about(&about, Kind::Freeze),
        Command::Cert(CertCommand::Unfreeze(about)) => case::about(&about, Kind::Unfreeze),
        Command::Cert(CertCommand::Revoke(about)) => case::about(&about, Kind::Revoke),
        Command::Cert(CertCommand::Renew(about)) => case::about(&about, Kind::Renew),
        Command::Cert(CertCommand::Reissue(about)) => case::about(&about, Kind::Reissue),
        Command::Crl(CrlCommand::New(new)) => crl::new(&new),
        Command::Crl(CrlCommand::Show(show)) if show.csv && args.json => Err(Failure::Usage(
            "--csv is no object: leave out --json".into(),
        )),
        Command::Crl(CrlCommand::Show(show)) => crl::show(&show),
        Command::Ocsp(OcspCommand::Ask(ask)) => ocsp::ask(&ask),
        Command::Ocsp(OcspCommand::Respond(respond)) => ocsp::respond(&respond),
        Command::Ocsp(OcspCommand::Show(show)) => ocsp::show(&show),
        Command::Ocsp(OcspCommand::Verify(verify)) => ocsp::verify(&verify),
        Command::Profile(ProfileCommand::List) => Ok(profile::list()),
        Command::Profile(ProfileCommand::Show(show)) => profile::show(&show),
        Command::Profile(ProfileCommand::Check(check)) => profile::check(&check),
        Command::TrustList(command) => trust_list::run(&command),
        Command::VerifyDocument(verify) => document::verify(&verify),
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
        Command::Convert(ConvertCommand::Key(key)) => convert::key(&key),
        Command::Convert(ConvertCommand::Ciphertext(ciphertext)) => {
            convert::ciphertext(&ciphertext)
        }
        Command::Convert(ConvertCommand::Envelope(envelope)) => convert::envelope(&envelope),
        Command::Message(command) => {
            let to_standard_output = match &command {
                MessageCommand::Sign(sign) => sign.out.is_none(),
                MessageCommand::Encrypt(encrypt) => encrypt.out.is_none(),
                MessageCommand::Decrypt(decrypt) => decrypt.out.is_none(),
                MessageCommand::Verify(_) => false,
            };
            if args.json && to_standard_output {
                let message = "a message is no part of an object: give --out with --json";
                return Err(Failure::Usage(message.into()));
            }
            match command {
                MessageCommand::Sign(sign) => message::sign(&sign),
                MessageCommand::Verify(verify) => message::verify(&verify),
                MessageCommand::Encrypt(encrypt) => message::encrypt(&encrypt),
                MessageCommand::Decrypt(decrypt) => message::decrypt(&decrypt),
            }
        }
        Command::Kmc(command) => kmc::run(&command, args.json),
        Command::Device(command) => device::run(&command),
        Command::Ceremony(ceremony) => match &ceremony.command {
            Some(CeremonyCommand::Restore(restore)) => ceremony::restore(restore),
            None => ceremony::run(&ceremony),
        },
        Command::SelfTest => self_test(),
        Command::Audit(command) => audit::run(&command),
        Command::Store(command) => store::run(&command),
    }
}

fn self_test() -> Result<Outcome, Failure> {
    gm_crypto::self_test()?;
    Ok(Outcome::new("self-test: passed", serde_json::json!({})))
}
