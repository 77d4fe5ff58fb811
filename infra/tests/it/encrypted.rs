//! Encrypted ways to PostgreSQL, Redis and identity providers: the right authority lets in, another one does not.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread::sleep,
    time::Duration,
};

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustix::process::{Pid, Signal, kill_process};
use rustls::{
    ServerConfig, ServerConnection,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use sea_orm::sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;
use trunkline_infra::{
    clock::Clock,
    identity::{ProviderReach, Providers},
    live::{Key, LiveStore, RedisAddress},
    postgres::{Server, SuperviseOptions, Supervisor},
    upkeep::{Access, AccessUrls, Protection, UpkeepFault, Verdict, check_up, pending},
};

/// A directory with an authority, a certificate for `localhost` that it signed, and another
/// authority that signed nothing.
struct Papers {
    dir: TempDir,
}

impl Papers {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let papers = Self { dir };
        let authority = || {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
        };
        let ours = authority();
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let server = server.signed_by(&key, &ours).unwrap();
        fs::write(papers.path("ca.pem"), ours.pem()).unwrap();
        fs::write(papers.path("other.pem"), authority().pem()).unwrap();
        fs::write(papers.path("server.pem"), server.pem()).unwrap();
        fs::write(papers.path("server.key"), key.serialize_pem()).unwrap();
        fs::set_permissions(papers.path("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
        papers
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

/// A server process on a port of its own, which ends with this value.
struct Running {
    child: Child,
    port: u16,
}

impl Running {
    fn start(mut command: Command, port: u16) -> Self {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut running = Self { child, port };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = running.child.try_wait().unwrap();
            assert!(ended.is_none(), "the server ended: {ended:?}");
            sleep(Duration::from_millis(10));
        }
        running
    }

    /// The address of a PostgreSQL that `host` names.
    fn postgres(&self, host: &str) -> String {
        format!("postgres://{}@{host}:{}/postgres", Server::SUPERUSER, self.port)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        // A fast shutdown; it may have ended already.
        let _ = kill_process(pid, Signal::INT);
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A PostgreSQL that encrypts: the cluster is made by the supervisor, whose own servers do not
/// listen on a network, and then served by the same program under the same account.
async fn postgres(papers: &Papers) -> Running {
    let options = SuperviseOptions { root: Some(papers.dir.path()), ..Default::default() };
    let maker = Supervisor::start(options).await.unwrap();
    let program = fs::read_link(format!("/proc/{}/exe", maker.pid().unwrap())).unwrap();
    maker.stop().await.unwrap();
    let data = papers.path("postgres/data");
    let account = fs::metadata(&data).unwrap();
    chown(papers.path("server.key"), Some(account.uid()), Some(account.gid())).unwrap();
    let port = free_port();
    let mut command = Command::new(program);
    command.arg("-D").arg(&data).args(["-k", "", "-p", &port.to_string()]).current_dir("/");
    let file = |setting, name| format!("{setting}={}", papers.path(name).display());
    for setting in [
        "listen_addresses=127.0.0.1".to_owned(),
        "ssl=on".to_owned(),
        "fsync=off".to_owned(),
        file("ssl_cert_file", "server.pem"),
        file("ssl_key_file", "server.key"),
    ] {
        command.args(["-c", &setting]);
    }
    if rustix::process::geteuid().is_root() {
        command.uid(account.uid()).gid(account.gid());
    }
    let server = Running::start(command, port);
    // It listens before it lets anybody in.
    let plain = format!("{}?sslmode=disable", server.postgres("localhost"));
    while let Err(error) = PgConnection::connect(&plain).await {
        assert!(error.to_string().contains("starting up"), "{error}");
        sleep(Duration::from_millis(10));
    }
    server
}

/// The superuser in place of each role: here it matters who answers, not who asks.
fn access(url: &str, authority: Option<&Path>) -> Access {
    let protection = Protection { authority, required: false };
    let (app, system, owner) = (Some(url), Some(url), Some(url));
    Access::of_urls(AccessUrls { base: url, app, system, owner, protection }).unwrap()
}

#[tokio::test]
async fn a_database_is_trusted_by_its_authority_and_its_name() {
    let papers = Papers::new();
    let server = postgres(&papers).await;
    let url = |host: &str, more: &str| format!("{}{more}", server.postgres(host));
    let (right, wrong) = (papers.path("ca.pem"), papers.path("other.pem"));

    let checks = check_up(&access(&url("localhost", ""), Some(&right)), &Clock::System).await;
    let encryption = checks.iter().find(|check| check.name == "encryption");
    let encryption = encryption.unwrap_or_else(|| panic!("{checks:?}"));
    assert_eq!(encryption.verdict, Verdict::Good, "{encryption:?}");
    assert!(encryption.found.starts_with("TLSv1.3 "), "{encryption:?}");
    assert!(encryption.found.ends_with("certificate checked"), "{encryption:?}");

    let unknown = url("localhost", "?sslmode=verify-full");
    for (what, access) in [
        ("another authority", access(&url("localhost", ""), Some(&wrong))),
        ("another name", access(&url("127.0.0.1", ""), Some(&right))),
        ("no authority of ours", access(&unknown, None)),
    ] {
        let fault = pending(&access).await.expect_err(what);
        assert!(matches!(fault, UpkeepFault::Unsafe { .. }), "{what}: {fault:?}");
        assert_eq!(fault.to_string().lines().count(), 1);
    }
    // Who asks for the authority alone takes any name, and who asks for nothing takes anybody.
    let by_authority = access(&url("127.0.0.1", "?sslmode=verify-ca"), Some(&right));
    pending(&by_authority).await.expect("the right authority");
    pending(&access(&url("localhost", "?sslmode=disable"), None)).await.expect("plain");
}

#[tokio::test]
async fn a_database_that_does_not_encrypt_is_not_used_where_it_must() {
    let database = trunkline_testkit::database().await.url();
    if database.contains("host=") || database.contains("%2F") {
        // On a socket nothing is encrypted and nothing need be.
        let urls = AccessUrls { base: &database, ..Default::default() };
        let required = Protection { authority: None, required: true };
        let access = Access::of_urls(AccessUrls { protection: required, ..urls }).unwrap();
        let checks = check_up(&access, &Clock::System).await;
        let encryption = checks.iter().find(|check| check.name == "encryption").unwrap();
        assert_eq!(encryption.verdict, Verdict::Good, "{encryption:?}");
        assert!(encryption.found.contains("on this machine"), "{encryption:?}");
    }
    let papers = Papers::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // A server that says no to every request for encryption.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (mut stream, mut request) = (stream, [0; 8]);
            if stream.read_exact(&mut request).is_ok() {
                let _ = stream.write_all(b"N");
            }
        }
    });
    let url = format!("postgres://postgres@localhost:{port}/postgres");
    let fault = pending(&access(&url, Some(&papers.path("ca.pem")))).await.unwrap_err();
    assert!(matches!(fault, UpkeepFault::Unsafe { .. }), "{fault:?}");
}

#[tokio::test]
async fn a_redis_is_trusted_by_its_authority_and_its_name() {
    let known = Command::new("redis-server").arg("--version").output();
    if !known.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED a Redis that encrypts: redis-server is not in PATH");
        return;
    }
    let papers = Papers::new();
    let port = free_port();
    let mut command = Command::new("redis-server");
    command.args(["--port", "0", "--save", "", "--tls-auth-clients", "no"]);
    command.args(["--tls-port", &port.to_string(), "--dir"]).arg(papers.dir.path());
    command.arg("--tls-cert-file").arg(papers.path("server.pem"));
    command.arg("--tls-key-file").arg(papers.path("server.key"));
    command.arg("--tls-ca-cert-file").arg(papers.path("ca.pem"));
    let server = Running::start(command, port);
    let (right, wrong) = (papers.path("ca.pem"), papers.path("other.pem"));

    let named = format!("rediss://localhost:{}", server.port);
    let numbered = format!("rediss://127.0.0.1:{}", server.port);
    let plain = format!("redis://localhost:{}", server.port);
    let key = Key::of_all("encrypted", "value");
    for (url, authority, answers) in [
        (&named, Some(right.as_path()), true),
        (&named, Some(wrong.as_path()), false),
        (&named, None, false),
        (&numbered, Some(right.as_path()), false),
        (&plain, None, false),
    ] {
        let address = RedisAddress { url, authority, protected: true };
        let store = LiveStore::in_redis(address, 1).unwrap();
        store.set(&key, Bytes::from_static(b"1"), Duration::from_secs(60)).await;
        assert_eq!(store.get(&key).await.is_some(), answers, "{url} {authority:?}");
        assert_eq!(address.encryption().unwrap().starts_with("encrypted"), *url != plain);
    }
}

/// An identity provider at `localhost` that says what it is, to all who take its certificate. Gives its
/// port.
fn provider(papers: &Papers) -> u16 {
    let chain = CertificateDer::pem_file_iter(papers.path("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(papers.path("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.map(Result::unwrap).collect(), key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let at = |path: &str| format!("https://localhost:{port}{path}");
    let body = format!(
        r#"{{"issuer":"{}","authorization_endpoint":"{}","token_endpoint":"{}","jwks_uri":"{}"}}"#,
        at(""),
        at("/authorize"),
        at("/token"),
        at("/keys")
    );
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = rustls::Stream::new(&mut connection, &mut stream);
            // Whoever does not take the certificate says nothing more.
            if tls.read(&mut [0; 4096]).is_ok() {
                let head = format!("content-length: {}\r\nconnection: close", body.len());
                let _ = write!(tls, "HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}");
                let _ = tls.flush();
            }
        }
    });
    port
}

#[tokio::test]
async fn an_identity_provider_is_trusted_by_an_authority_of_the_file_and_its_name() {
    let papers = Papers::new();
    let port = provider(&papers);
    let (right, wrong) = (papers.path("ca.pem"), papers.path("other.pem"));
    let both = papers.path("both.pem");
    let text = [fs::read(&wrong).unwrap(), fs::read(&right).unwrap()].concat();
    fs::write(&both, text).unwrap();
    let named = format!("https://localhost:{port}");
    for (file, issuer, answers) in [
        (Some(&right), &named, true),
        (Some(&both), &named, true),
        (Some(&wrong), &named, false),
        (None, &named, false),
        (Some(&right), &format!("https://127.0.0.1:{port}"), false),
    ] {
        let file = file.map(PathBuf::as_path);
        let providers = Providers::new(ProviderReach::Loopback, file).unwrap();
        let found = providers.discover(issuer).await;
        assert_eq!(found.is_ok(), answers, "{issuer} {file:?}: {found:?}");
    }
}
