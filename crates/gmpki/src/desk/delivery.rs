//! Where a desk's publications and notices go: folders, or programs that its settings name.

use super::settings::Settings;
use crate::{demo::folder::Folder, failure::Failure};
use lifecycle::{
    outbox::{
        BothPublishers, CommandNotifier, CommandPublisher, DeliveryCommand, FolderNotifier,
        FolderPublisher,
    },
    ports::{Notifier, Publisher},
};

/// The folder, which the desk reads itself, and the program where there is one.
pub(super) fn publisher(settings: &Settings, folder: &Folder) -> Box<dyn Publisher> {
    let published = FolderPublisher::new(folder.published());
    match command(&settings.publish_command) {
        None => Box::new(published),
        Some(command) => {
            let command = CommandPublisher::new(command);
            Box::new(BothPublishers::new(published, command))
        }
    }
}

/// The program, or else the folder from which another one sends.
pub(super) fn notifier(settings: &Settings, folder: &Folder) -> Result<Box<dyn Notifier>, Failure> {
    Ok(match command(&settings.notify_command) {
        None => Box::new(FolderNotifier::new(folder.file("notices")?)),
        Some(command) => Box::new(CommandNotifier::new(command)),
    })
}

/// A program and its arguments.
fn command(words: &[String]) -> Option<DeliveryCommand> {
    let (program, arguments) = words.split_first()?;
    Some(DeliveryCommand::new(program, arguments))
}
