//! The connection: made when it is needed, made again when it was lost.

use crate::StoreError;
use ::postgres::{
    Client, Config, Error, GenericClient, IsolationLevel, Row, Statement,
    config::{Host, TargetSessionAttrs},
    error::SqlState,
    types::{FromSqlOwned, ToSql},
};
use std::{
    collections::HashMap,
    io, thread,
    time::{Duration, Instant},
};

/// Parameters of a statement.
pub(super) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];
/// Makes a connection.
pub(super) type Connect = dyn Fn(&Config) -> Result<Client, Error> + Send;
/// What could not be read.
pub(super) type Unreadable = Box<dyn std::error::Error + Send + Sync>;

/// How long a network that says nothing is believed to be there, unless the connection string
/// says.
const SILENCE: Duration = Duration::from_secs(10);
/// Between two tries.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// What a session is told first. A transaction whose node was cut off holds the end of the log:
/// the server ends it after a while, and who waits for it does not wait for ever.
const SETTINGS: &str = "
    SET idle_in_transaction_session_timeout = '20s';
    SET lock_timeout = '30s'";

/// A reader sees the store as it was in one moment, for as long as it is connected.
const MOMENT: &str = "
    SET idle_in_transaction_session_timeout = 0;
    START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// What must be so for a commit to survive a power cut. A server that has no such setting says
/// nothing, and is believed.
const DURABILITY: &str = "SELECT current_setting('synchronous_commit', true),
    current_setting('fsync', true), current_setting('full_page_writes', true)";

/// A connection that is there when it is asked for, or an error within `patience`.
pub(super) struct Link {
    config: Config,
    connect: Box<Connect>,
    reads_only: bool,
    session: Option<Session>,
    database: String,
    patience: Duration,
}

/// One connection, with what the server has prepared in it.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) statements: Statements,
}

/// Statements that one connection knows.
#[derive(Default)]
pub(super) struct Statements(HashMap<&'static str, Statement>);

/// Why one try failed.
pub(super) enum Failure {
    /// Something is not as the writer thought.
    Conflict(&'static str),
    /// The server, or the way to it.
    Server(Error),
    /// A row that is none of ours.
    Unreadable(Unreadable),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}

/// What an error means for whoever might try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The connection is gone.
    Lost,
    /// Another transaction was in the way; this one was rolled back.
    Contended,
    /// A unique name is taken; rolled back.
    Taken,
    /// Trying again is no use.
    Lasting,
}

impl Fault {
    pub(super) fn of(error: &Error) -> Self {
        if error.is_closed() {
            return Self::Lost;
        }
        let Some(state) = error.code() else {
            let source = std::error::Error::source(error);
            let is_io = source.is_some_and(|source| source.downcast_ref::<io::Error>().is_some());
            return if is_io { Self::Lost } else { Self::Lasting };
        };
        match state.code() {
            "40001" | "40P01" => Self::Contended,
            "23505" => Self::Taken,
            // Connection exceptions, a server that shuts down or starts up, one that ended
            // an idle session, and one that does not know what became of a commit.
            "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "40003" => Self::Lost,
            code if code.starts_with("08") => Self::Lost,
            _ => Self::Lasting,
        }
    }
}

impl Link {
    pub(super) fn new(
        mut config: Config,
        connect: Box<Connect>,
        reads_only: bool,
        patience: Duration,
    ) -> Self {
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(SILENCE);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if config.get_keepalives_idle() > SILENCE {
            config.keepalives_idle(SILENCE);
        }
        if config.get_keepalives_interval().is_none() {
            config
                .keepalives_interval(SILENCE / 4)
                .keepalives_retries(4);
        }
        if !reads_only {
            // A server that follows another can't be written to, and may be behind.
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        Self {
            database: name_of(&config),
            config,
            connect,
            reads_only,
            session: None,
            patience,
        }
    }

    /// The server and the database, as people call them.
    pub(super) fn database(&self) -> &str {
        &self.database
    }

    /// A connection, new where there is none. A reader has one for all its life.
    fn session(&mut self) -> Result<&mut Session, StoreError> {
        let is_closed = |session: &Session| session.client.is_closed();
        if self.session.as_ref().is_some_and(is_closed) && !self.reads_only {
            self.session = None;
        }
        let session = match self.session.take() {
            Some(session) => session,
            None => self.connect()?,
        };
        Ok(self.session.insert(session))
    }

    fn connect(&self) -> Result<Session, StoreError> {
        let until = Instant::now() + self.patience;
        let mut wait = SHORTEST_WAIT;
        loop {
            let error = match (self.connect)(&self.config).and_then(|client| self.prepared(client))
            {
                Ok((session, settings)) => {
                    self.check_durability(settings)?;
                    return Ok(session);
                }
                Err(error) => error,
            };
            let may_pass = match error.code() {
                Some(state) => {
                    Fault::of(&error) == Fault::Lost || *state == SqlState::TOO_MANY_CONNECTIONS
                }
                // Nobody listens, or not yet; a failed name, too, may be found later.
                None => true,
            };
            if !may_pass || Instant::now() >= until {
                return Err(self.failed("connecting to it", error));
            }
            thread::sleep(wait);
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// Set up, with what the server says of its durability.
    fn prepared(&self, mut client: Client) -> Result<(Session, [Option<String>; 3]), Error> {
        let settings = if self.reads_only { MOMENT } else { SETTINGS };
        client.batch_execute(settings)?;
        let row = client.query_one(DURABILITY, &[])?;
        let settings = [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?];
        let statements = Statements::default();
        Ok((Session { client, statements }, settings))
    }

    /// A server that acknowledges what it may lose is no place for a store.
    fn check_durability(&self, settings: [Option<String>; 3]) -> Result<(), StoreError> {
        if self.reads_only {
            return Ok(());
        }
        let names = ["synchronous_commit", "fsync", "full_page_writes"];
        for (name, value) in names.into_iter().zip(settings) {
            match value.as_deref() {
                None | Some("on") => {}
                Some("remote_apply") if name == "synchronous_commit" => {}
                Some(other) => {
                    return Err(self.unfit(format!(
                        "{name} is {other}: what it acknowledges may be lost"
                    )));
                }
            }
        }
        Ok(())
    }

    /// Does `work` over a connection, and again over a new one when it was lost, until it
    /// succeeds, or fails for good, or `patience` ends.
    pub(super) fn work<T>(
        &mut self,
        during: &'static str,
        mut work: impl FnMut(&mut Session) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let until = Instant::now() + self.patience;
        let mut wait = Duration::ZERO;
        loop {
            let error = match work(self.session()?) {
                Ok(done) => return Ok(done),
                Err(Failure::Conflict(what)) => return Err(StoreError::Conflict { what }),
                Err(Failure::Unreadable(source)) => return Err(self.failed(during, source)),
                Err(Failure::Server(error)) => error,
            };
            let fault = Fault::of(&error);
            if self.reads_only {
                // The moment is gone with the connection.
                return Err(self.failed(during, error));
            }
            if fault == Fault::Lost {
                self.session = None;
            }
            match fault {
                Fault::Lost | Fault::Contended if Instant::now() < until => {
                    thread::sleep(wait);
                    wait = (wait * 2).clamp(SHORTEST_WAIT, LONGEST_WAIT);
                }
                Fault::Contended => {
                    return Err(StoreError::Conflict {
                        what: "other nodes were in the way for too long",
                    });
                }
                Fault::Taken => {
                    return Err(StoreError::Conflict {
                        what: "a serial number, case number or place in a history is taken",
                    });
                }
                Fault::Lost | Fault::Lasting => return Err(self.failed(during, error)),
            }
        }
    }

    /// The rows of a query.
    pub(super) fn read<T>(
        &mut self,
        sql: &'static str,
        parameters: Parameters<'_>,
        read: impl Fn(&Row) -> Result<T, Unreadable>,
    ) -> Result<Vec<T>, StoreError> {
        self.read_while(sql, parameters, |_| true, read)
    }

    /// The rows before the first that is not taken.
    pub(super) fn read_while<T>(
        &mut self,
        sql: &'static str,
        parameters: Parameters<'_>,
        mut takes: impl FnMut(&Row) -> bool,
        read: impl Fn(&Row) -> Result<T, Unreadable>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.work("reading it", |session| session.query(sql, parameters))?;
        let taken = rows.iter().take_while(|row| takes(row));
        let rows = taken.map(read).collect::<Result<_, _>>();
        rows.map_err(|source| self.failed("reading it", source))
    }

    /// Changes rows in a transaction of its own, which may come twice; how many.
    pub(super) fn execute(
        &mut self,
        during: &'static str,
        sql: &'static str,
        parameters: Parameters<'_>,
    ) -> Result<u64, StoreError> {
        self.work(during, |session| session.execute(sql, parameters))
    }

    /// What is left to do over the connection there is, if there is one: it is not waited for.
    pub(super) fn leave(&mut self, sql: &'static str, parameters: Parameters<'_>) {
        if let Some(session) = &mut self.session
            && !session.client.is_closed()
        {
            let _ = session.execute(sql, parameters);
        }
    }

    pub(super) fn failed(&self, during: &'static str, source: impl Into<Unreadable>) -> StoreError {
        StoreError::Server {
            database: self.database.clone(),
            during,
            source: source.into(),
        }
    }

    pub(super) fn unfit(&self, found: impl Into<String>) -> StoreError {
        StoreError::Unfit {
            database: self.database.clone(),
            found: found.into(),
        }
    }
}

impl Session {
    fn query(
        &mut self,
        sql: &'static str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, Failure> {
        let statement = self.statements.get(&mut self.client, sql)?;
        Ok(self.client.query(&statement, parameters)?)
    }

    pub(super) fn execute(
        &mut self,
        sql: &'static str,
        parameters: Parameters<'_>,
    ) -> Result<u64, Failure> {
        let statement = self.statements.get(&mut self.client, sql)?;
        Ok(self.client.execute(&statement, parameters)?)
    }

    /// One statement in a serializable transaction of its own.
    pub(super) fn alone(
        &mut self,
        sql: &'static str,
        parameters: Parameters<'_>,
    ) -> Result<u64, Failure> {
        let level = IsolationLevel::Serializable;
        let mut transaction = self
            .client
            .build_transaction()
            .isolation_level(level)
            .start()?;
        let statement = self.statements.get(&mut transaction, sql)?;
        let changed = transaction.execute(&statement, parameters)?;
        transaction.commit()?;
        Ok(changed)
    }

    /// The first column of the first row; none where there is no row.
    pub(super) fn value<T: FromSqlOwned>(
        &mut self,
        sql: &'static str,
        parameters: Parameters<'_>,
    ) -> Result<Option<T>, Failure> {
        let rows = self.query(sql, parameters)?;
        Ok(rows.first().map(|row| row.try_get(0)).transpose()?)
    }
}

impl Statements {
    /// Prepared once in a connection.
    pub(super) fn get(
        &mut self,
        client: &mut impl GenericClient,
        sql: &'static str,
    ) -> Result<Statement, Error> {
        if let Some(statement) = self.0.get(sql) {
            return Ok(statement.clone());
        }
        let statement = client.prepare(sql)?;
        self.0.insert(sql, statement.clone());
        Ok(statement)
    }
}

/// `host:port/database`, the first host alone.
fn name_of(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => config
            .get_hostaddrs()
            .first()
            .map_or_else(|| "localhost".to_owned(), ToString::to_string),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let name = config
        .get_dbname()
        .or(config.get_user())
        .unwrap_or_default();
    format!("{host}:{port}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_without_its_secrets() {
        let name = |text: &str| name_of(&text.parse().unwrap());
        assert_eq!(
            name("postgresql://ca:secret@db.example:5433/log"),
            "db.example:5433/log"
        );
        assert_eq!(
            name("host=/run/postgresql user=ca"),
            "/run/postgresql:5432/ca"
        );
        assert_eq!(name("hostaddr=127.0.0.1 dbname=log"), "127.0.0.1:5432/log");
    }
}
