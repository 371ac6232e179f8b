//! `gmpki device`: the software device's own business, and any device by its name.

mod libraries;
mod named;
mod software;

use crate::{args::DeviceCommand, failure::Failure, outcome::Outcome};

pub(crate) fn run(command: &DeviceCommand) -> Result<Outcome, Failure> {
    match command {
        DeviceCommand::Init(init) => software::init(init),
        DeviceCommand::Info(info) => software::info(info),
        DeviceCommand::List(list) => software::list(list),
        DeviceCommand::Keygen(keygen) => software::keygen(keygen),
        DeviceCommand::Number(number) => software::number(number),
        DeviceCommand::Pin(pin) => software::pin(pin),
        DeviceCommand::Delete(delete) => software::delete(delete),
        DeviceCommand::Where(place) => libraries::run(place),
        DeviceCommand::Show(named) => named::show(named),
        DeviceCommand::SelfTest(named) => named::self_test(named),
        DeviceCommand::Check(check) => named::check(check),
        DeviceCommand::Generate(generate) => named::generate(generate),
        DeviceCommand::Import(import) => named::import(import),
        DeviceCommand::WriteCert(write) => named::write_certificate(write),
        DeviceCommand::ReadCert(read) => named::read_certificate(read),
    }
}
