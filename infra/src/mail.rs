//! Mail: one port, with SMTP behind it, or the log of a laptop, or the memory of a test.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::host::is_on_this_machine;

/// Longest wait for each answer of the mail server.
const PATIENCE: Duration = Duration::from_secs(20);

/// A plain text for one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Text with line breaks.
    pub body: String,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailFault {
    /// The server does not answer, or not now: try again later.
    #[error("the mail server: {0}")]
    Later(String),
    /// It will never be sent.
    #[error("the mail cannot be sent: {0}")]
    Never(String),
}

/// The configuration of mail is none.
#[derive(Debug, thiserror::Error)]
pub enum MailConfigFault {
    /// The sender's address is none.
    #[error("mail_from `{0}` is no address, e.g. Trunkline <no-reply@example.com>")]
    From(String),
    /// The address of the server cannot be read.
    #[error("smtp_url cannot be used ({0}), e.g. smtps://user:password@mail.example.com")]
    Server(String),
    /// The server is reached over the network as anybody can read it.
    #[error(
        "in production smtp_url must be encrypted: write smtps://… instead of smtp://…, or \
         smtp://…?tls=required"
    )]
    Plain,
}

/// Sends mails.
#[derive(Clone)]
pub enum Mailer {
    /// Through a mail server.
    Smtp(Box<Smtp>),
    /// Into the log, for development: whoever reads the log reads the mails.
    Log,
    /// Into memory, for tests.
    Memory(Outbox),
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smtp(_) => "Smtp",
            Self::Log => "Log",
            Self::Memory(_) => "Memory",
        })
    }
}

/// A mail server. Clones share its configuration; each mail opens a connection of its own.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Mails that a test can look at.
#[derive(Debug, Clone, Default)]
pub struct Outbox(Arc<Mutex<Vec<Mail>>>);

impl Outbox {
    /// Takes out what has come in for an address so far, oldest first.
    #[must_use]
    pub fn take(&self, to: &str) -> Vec<Mail> {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.extract_if(.., |mail| mail.to == to).collect()
    }

    fn put(&self, mail: &Mail) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
    }
}

impl Mailer {
    /// Mails through the server at `url` (`smtps://…`, or `smtp://…?tls=required`), from `from`.
    ///
    /// # Errors
    /// [`MailConfigFault`] when one of the two cannot be read.
    pub fn smtp(url: &str, from: &str) -> Result<Self, MailConfigFault> {
        let sender = from.parse().map_err(|_| MailConfigFault::From(from.to_owned()))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| MailConfigFault::Server(error.to_string()))?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Self::Smtp(Box::new(Smtp { transport, from: sender })))
    }

    /// As [`Mailer::smtp`], through a server that is reached encrypted or is on this machine: the
    /// mails carry links that open accounts.
    ///
    /// # Errors
    /// [`MailConfigFault`].
    pub fn protected_smtp(url: &str, from: &str) -> Result<Self, MailConfigFault> {
        let mailer = Self::smtp(url, from)?;
        if is_encrypted(url) || is_on_this_machine(url) {
            Ok(mailer)
        } else {
            Err(MailConfigFault::Plain)
        }
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// [`MailFault`].
    pub async fn send(&self, mail: &Mail) -> Result<(), MailFault> {
        match self {
            Self::Smtp(smtp) => smtp.send(mail).await,
            Self::Log => {
                let Mail { to, subject, body } = mail;
                tracing::info!(
                    to,
                    subject,
                    "no smtp_url is configured, so this mail stands here:\n{body}"
                );
                Ok(())
            }
            Self::Memory(outbox) => {
                outbox.put(mail);
                Ok(())
            }
        }
    }
}

/// Whether a server that offers no encryption is refused. `tls=opportunistic` would go on without.
fn is_encrypted(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        let asked = url.query_pairs().find(|(name, _)| name == "tls");
        url.scheme() == "smtps" || asked.is_some_and(|(_, value)| value == "required")
    })
}

impl Smtp {
    async fn send(&self, mail: &Mail) -> Result<(), MailFault> {
        let never = |error: &dyn fmt::Display| MailFault::Never(error.to_string());
        let Mail { to, subject, body } = mail;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.parse().map_err(|error| never(&error))?))
            .subject(subject.clone())
            .header(ContentType::TEXT_PLAIN)
            .body(body.clone())
            .map_err(|error| never(&error))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(never(&error)),
            Err(error) => Err(MailFault::Later(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    fn mail() -> Mail {
        Mail {
            to: "li.na@example.com".to_owned(),
            subject: "设置新密码".to_owned(),
            body: "https://trunkline.example/account.html#reset=x\n".to_owned(),
        }
    }

    /// Answers one client as RFC 5321 has it, with `greeting`; gives what the client said.
    async fn converse(stream: TcpStream, recipient: &str) -> Vec<String> {
        let mut stream = BufReader::new(stream);
        let mut said: Vec<String> = Vec::new();
        let mut in_data = false;
        let mut answer = "220 mail.example ESMTP".to_owned();
        loop {
            if !answer.is_empty() {
                let line = format!("{answer}\r\n");
                stream.get_mut().write_all(line.as_bytes()).await.expect("written");
            }
            let mut line = String::new();
            if stream.read_line(&mut line).await.expect("read") == 0 {
                return said;
            }
            let line = line.trim_end().to_owned();
            answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "." if in_data => {
                    in_data = false;
                    "250 queued".to_owned()
                }
                _ if in_data => String::new(),
                "DATA" => {
                    in_data = true;
                    "354 go on".to_owned()
                }
                "QUIT" => "221 bye".to_owned(),
                "RCPT" => recipient.to_owned(),
                _ => "250 ok".to_owned(),
            };
            said.push(line);
        }
    }

    async fn sent(recipient: &'static str) -> (Result<(), MailFault>, Vec<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
        let url = format!("smtp://{}", listener.local_addr().expect("address"));
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("client");
            converse(stream, recipient).await
        });
        let mailer = Mailer::smtp(&url, "Trunkline <no-reply@example.com>").expect("mailer");
        let outcome = mailer.send(&mail()).await;
        drop(mailer);
        (outcome, server.await.expect("server"))
    }

    #[tokio::test]
    async fn a_mail_reaches_the_server_whole() {
        let (outcome, said) = sent("250 ok").await;
        outcome.expect("sent");
        let text = said.join("\n");
        assert!(text.contains("MAIL FROM:<no-reply@example.com>"), "{text}");
        assert!(text.contains("RCPT TO:<li.na@example.com>"), "{text}");
        assert!(
            text.contains("https://trunkline.example/account.html#reset=3Dx")
                || text.contains("https://trunkline.example/account.html#reset=x"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_refused_address_is_given_up_and_a_busy_server_is_not() {
        let (outcome, _) = sent("550 no such mailbox").await;
        assert!(matches!(outcome, Err(MailFault::Never(_))), "{outcome:?}");
        let (outcome, _) = sent("451 later").await;
        assert!(matches!(outcome, Err(MailFault::Later(_))), "{outcome:?}");
    }

    #[test]
    fn a_configuration_that_cannot_be_used_is_refused() {
        assert!(matches!(
            Mailer::smtp("smtps://mail.example", "nobody"),
            Err(MailConfigFault::From(_))
        ));
        let server = Mailer::smtp("ftp://mail.example", "no-reply@example.com");
        assert!(matches!(server, Err(MailConfigFault::Server(_))));
    }

    #[test]
    fn a_server_elsewhere_must_encrypt_where_mails_are_to_be_protected() {
        let mailer = |url| Mailer::protected_smtp(url, "no-reply@example.com");
        for url in [
            "smtps://user:password@mail.example.com",
            "smtp://mail.example.com?tls=required",
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
        ] {
            assert!(mailer(url).is_ok(), "{url}");
        }
        for url in [
            "smtp://user:password@mail.example.com",
            "smtp://mail.example.com?tls=opportunistic",
            "smtp://mail.example.com?tls=opportunistic&tls=required",
        ] {
            let fault = mailer(url).expect_err(url);
            assert!(matches!(fault, MailConfigFault::Plain), "{url}: {fault}");
            assert!(!fault.to_string().contains("password"), "{fault}");
        }
    }
}
