use super::*;

fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut all = vec![("HOME".to_owned(), "/home/operator".to_owned())];
    all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Config::from_parts(Some((Path::new("/etc/chudian/chudian.toml"), file)), &all)
}

/// The only fault, as `key | why | right`.
fn fault(file: &str, variables: &[(&str, &str)]) -> String {
    let error = load(file, variables).expect_err("this must be refused");
    let [fault] = error.faults.as_slice() else { panic!("one fault expected: {error}") };
    assert!(!fault.origin.is_empty());
    format!("{} | {} | {}", fault.key, fault.why, fault.right)
}

#[test]
fn the_manual_is_a_valid_configuration() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.server.listen.port(), 7300);
    assert_eq!(config.database.location, database::Location::Sqlite(PathBuf::from("data/chudian.sqlite")));
    assert!(!config.demo.allow_simulator);
    assert_eq!(load(DEFAULTS, &[]).unwrap().limits.account_failures, config.limits.account_failures);
}

#[test]
fn the_environment_lies_over_the_file_and_the_file_over_the_defaults() {
    let file = "[server]\nlisten = \"0.0.0.0:80\"\n[limits]\nupload_mib = 5\n";
    let config = load(
        file,
        &[
            ("CHUDIAN__SERVER__LISTEN", "127.0.0.1:9"),
            ("CHUDIAN__DEMO__ALLOW_SIMULATOR", "true"),
            ("CHUDIAN__EGRESS__ALLOWED_PRIVATE", "billing.internal, 10.2.0.0/16"),
        ],
    )
    .unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:9");
    assert_eq!(config.limits.upload_bytes, 5 * 1024 * 1024);
    assert!(config.demo.allow_simulator);
    assert!(config.egress.allows("BILLING.internal", "192.168.1.1".parse().unwrap()));
    assert!(config.egress.allows("x", "10.2.3.4".parse().unwrap()));
    assert!(!config.egress.allows("x", "10.3.3.4".parse().unwrap()));
}

#[test]
fn an_unknown_key_is_refused_and_the_nearest_named() {
    for (file, nearest) in [
        ("[server]\nlissen = \"x\"", "server.listen"),
        ("[sever]\nlisten = \"x\"", "server"),
        ("listen = \"x\"", "server.listen"),
        ("[demo]\nsimulator = true", "demo.allow_simulator"),
        ("[limits]\nupload_mb = 3", "limits.upload_mib"),
    ] {
        let told = fault(file, &[]);
        assert!(told.ends_with(&format!("| there is no such setting | {nearest}")), "{file}: {told}");
    }
    assert!(fault("", &[("CHUDIAN__SERVER__LISTN", "x")]).ends_with("server.listen"));
    assert!(fault("", &[("CHUDIAN__SERVER", "x")]).ends_with("| server"));
}

#[test]
fn a_wrong_value_says_which_key_why_and_what_would_be_right() {
    for (file, key, why) in [
        ("[server]\nlisten = 7300", "server.listen", "a whole number"),
        ("server = 3", "server", "the name of a section"),
        ("[[server]]\nlisten = \"x\"", "server", "the name of a section"),
        ("[server]\nlisten = \"7300\"", "server.listen", "not an address with a port"),
        ("[server]\npublic_url = \"example.com\"", "server.public_url", "not an address"),
        ("[server]\npublic_url = \"ftp://example.com\"", "server.public_url", "http://"),
        ("[server]\npublic_url = \"http://example.com/app\"", "server.public_url", "root"),
        ("[server]\npublic_url = \"https://example.com\"", "server.secure_cookies", "false although"),
        ("[server]\nsecure_cookies = true", "server.secure_cookies", "true although"),
        ("[server]\ntrusted_proxies = [\"0.0.0.0/0\"]", "server.trusted_proxies", "everybody"),
        ("[server]\ntrusted_proxies = [3]", "server.trusted_proxies", "other things than texts"),
        ("[database]\nurl = \"mysql://x/y\"", "database.url", "mysql"),
        ("[database]\nurl = \"postgres://u:secret@host\"", "database.url", "no database"),
        ("[database]\nurl = \"sqlite:\"", "database.url", "missing"),
        ("[database]\nurl = \"postgres://u:secret@h/d?sslmode=verify-full\"", "database.url", "are checked"),
        ("[database]\nca_file = \"/etc/passwd\"", "database.ca_file", "for nothing"),
        (
            "[database]\nurl = \"postgres://u:secret@h/d?sslmode=require\"\nca_file = \"/nowhere/ca.pem\"",
            "database.ca_file",
            "cannot read",
        ),
        (
            "[database]\nurl = \"postgres://u:secret@h/d?sslmode=require\"\nca_file = \"/etc/passwd\"",
            "database.ca_file",
            "no certificate",
        ),
        ("[database]\nsynchronous = \"normal\"", "database.synchronous", "power cut"),
        ("[database]\nsynchronous = \"off\"", "database.synchronous", "not known"),
        ("[database]\nread_connections = 0", "database.read_connections", "out of bounds"),
        ("[data]\nfolder = \"\"", "data.folder", "empty"),
        ("[data]\nfolder = \"/etc/chudian\"", "secrets.key_file", "inside the data folder"),
        ("[secrets]\nkey_file = \"data/secret.key\"", "secrets.key_file", "inside the data folder"),
        ("[log]\nlevel = \"loud\"", "log.level", "not known"),
        ("[egress]\nallowed_private = [\"http://x\"]", "egress.allowed_private", "host name"),
        ("[limits]\naccount_failures = 0", "limits.account_failures", "out of bounds"),
        ("[models]\ndirectory = \" \"", "models.directory", "empty"),
        ("[models]\ndirectory = \"/etc/passwd\"", "models.directory", "is a file"),
        ("[demo]\nallow_simulator = \"yes\"", "demo.allow_simulator", "a text in quotes"),
    ] {
        let told = fault(file, &[]);
        assert!(told.starts_with(key) && told.contains(why) && !told.ends_with("| "), "{file}: {told}");
        assert!(!told.contains("secret@"), "a password in a message: {told}");
    }
    assert!(fault("", &[("CHUDIAN__DEMO__ALLOW_SIMULATOR", "yes")]).contains("true or false"));
    assert!(fault("", &[("CHUDIAN_SECRET_KEY", "1234")]).contains("64 hexadecimal"));
}

#[test]
fn all_faults_are_told_at_once() {
    let error = load(
        "[server]\nlisten = \"x\"\nlissen = \"y\"\n[log]\nlevel = \"x\"\n[demo]\nallow_simulator = 1",
        &[],
    )
    .unwrap_err();
    assert_eq!(error.faults.len(), 4, "{error}");
    assert!(error.to_string().contains("file /etc/chudian/chudian.toml"));
}

#[test]
fn weaker_flushing_is_for_tests_only() {
    let file = "[database]\nsynchronous = \"normal\"";
    let config = load(file, &[("CHUDIAN_TEST_UNSAFE", "1")]).unwrap();
    assert_eq!(config.database.synchronous, database::Synchronous::Normal);
}

#[test]
fn what_is_printed_holds_no_secret_and_can_be_read_back() {
    let key = "ab".repeat(32);
    let file = "[database]\nurl = \"postgres://chudian:opensesame@db/chudian\"";
    let config = load(file, &[("CHUDIAN_SECRET_KEY", &key)]).unwrap();
    let printed = config.printed();
    assert!(!printed.contains("opensesame") && !printed.contains(&key), "{printed}");
    assert!(!format!("{:?}", config.secrets).contains("abab"));
    assert!(
        printed.contains("postgres://chudian:***@db/chudian\"  # file /etc/chudian/chudian.toml"),
        "{printed}"
    );
    assert_eq!(config.secrets.master_key(), Ok([0xab; 32]));
    load(printed, &[]).unwrap();
}

#[test]
fn a_broken_file_is_refused_in_words() {
    assert!(fault("[server\nlisten", &[]).contains("not valid TOML"));
    let missing = Config::load(Some(Path::new("/nowhere/chudian.toml"))).unwrap_err();
    assert!(missing.to_string().contains("/nowhere/chudian.toml"), "{missing}");
}
