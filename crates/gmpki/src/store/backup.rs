//! `gmpki store backup`.

use super::Copying;
use crate::{
    args::StoreBackup,
    desk::{
        Settings,
        backup::{Note, copy, files},
    },
    failure::Failure,
    outcome::Outcome,
    progress::Progress,
    sm3::hexadecimal,
};
use lifecycle::{
    Head, SqliteStore,
    ports::{Clock, SystemClock},
};
use serde_json::json;
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// What a backup of a desk leaves out: keys, wherever they lie, and what opens them.
const LEFT_OUT: [&str; 4] = [
    "token",
    "key-centre",
    "operator.password",
    "subject-keys.sqlite",
];

pub(super) fn run(backup: &StoreBackup) -> Result<Outcome, Failure> {
    let path = backup.place.file();
    let out = &*backup.out;
    if fs::symlink_metadata(out).is_ok() {
        let reason = "exists already, and nothing is put in its place";
        return Err(Failure::file(out, reason));
    }
    if let Some(dir) = backup.place.desk()
        && Settings::read(dir)?.is_none()
    {
        let reason = "is no desk: name a store with --store, or make a desk with 'gmpki ca init'";
        return Err(Failure::file(dir, reason));
    }
    let tables = SqliteStore::version(&path)?;
    // Nothing changes at the desk as long as its store is read.
    let store = SqliteStore::open_to_copy(&path)?;
    let (head, count) = match backup.place.desk() {
        None => {
            let mut bar = Copying::default();
            (store.backup(out, &mut |copied| bar.at(copied))?, 0)
        }
        Some(dir) => of_desk(&store, dir, out, tables)?,
    };
    let digest = hexadecimal(&head.digest);
    let records = head.seq;
    let mut text = format!(
        "backup: {}\nrecords: {records}, chained by SM3 up to {digest}\ntables: version {tables}",
        out.display()
    );
    let mut json = json!({
        "backup": out.display().to_string(),
        "records": records,
        "digest": digest,
        "tables": tables,
        "files": count,
    });
    if backup.place.desk().is_some() {
        let left_out = LEFT_OUT.join(", ");
        text.push_str(&format!(
            "\nfiles: {count} beside the store\nleft out: keys ({left_out}, or a device)"
        ));
        json["left_out"] = LEFT_OUT.as_slice().into();
    }
    Ok(Outcome::new(text, json))
}

/// The store, and everything that a restore needs; whole, or not there.
fn of_desk(
    store: &SqliteStore,
    dir: &Path,
    out: &Path,
    tables: i32,
) -> Result<(Head, usize), Failure> {
    let draft = Draft::beside(dir, out)?;
    let head = {
        let mut bar = Copying::default();
        store.backup(&draft.path.join("store.sqlite"), &mut |copied| {
            bar.at(copied)
        })?
    };
    let names = files(dir)?;
    let bar = Progress::new(names.len());
    for (count, name) in names.iter().enumerate() {
        bar.at(count, "files copied");
        copy(dir, name, &draft.path)?;
    }
    drop(bar);
    let note = Note {
        made: SystemClock::default().now().to_string(),
        records: head.seq,
        digest: hexadecimal(&head.digest),
        tables,
    };
    note.write(&draft.path)?;
    draft.place(out)?;
    Ok((head, names.len()))
}

/// A folder on its way to its name; dropped, it is removed.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn beside(dir: &Path, out: &Path) -> Result<Self, Failure> {
        let mut random = [0; 4];
        getrandom::fill(&mut random)?;
        let mut path = out.as_os_str().to_owned();
        path.push(format!(".copy-{:08x}", u32::from_be_bytes(random)));
        let path = PathBuf::from(path);
        let failed = |source: io::Error| Failure::file(out, source);
        fs::create_dir(&path).map_err(failed)?;
        let draft = Self { path };
        // Whoever can't look into the desk can't look into its backup.
        let permissions = fs::metadata(dir).map_err(failed)?.permissions();
        fs::set_permissions(&draft.path, permissions).map_err(failed)?;
        Ok(draft)
    }

    fn place(self, out: &Path) -> Result<(), Failure> {
        let parent = out.parent().filter(|parent| *parent != Path::new(""));
        let place = || -> io::Result<()> {
            File::open(&self.path)?.sync_all()?;
            // An empty folder that came in between would be replaced, and nothing lost.
            fs::rename(&self.path, out)?;
            File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
        };
        place().map_err(|source| Failure::file(out, source))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
