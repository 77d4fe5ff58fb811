//! Whose signature under the certificate of an identity provider is believed.

use std::path::Path;

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use super::client::ProviderFault;

/// The public authorities and, beside them, those of a file: companies that run a provider in their own
/// network sign its certificate themselves.
///
/// # Errors
/// [`ProviderFault`] when the file cannot be read, or holds no authority.
pub(super) fn trusted(file: Option<&Path>) -> Result<RootCertStore, ProviderFault> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let Some(file) = file else { return Ok(roots) };
    let fault = |why: &dyn std::fmt::Display| {
        let path = file.display();
        let advice = "put the authorities of the providers' certificates there, as PEM";
        ProviderFault::new(format!("provider_ca_file {path}: {why}: {advice}"))
    };
    let certificates =
        CertificateDer::pem_file_iter(file).map_err(|error| fault(&error))?.collect::<Vec<_>>();
    if certificates.is_empty() {
        return Err(fault(&"no certificate in it"));
    }
    for certificate in certificates {
        let certificate = certificate.map_err(|error| fault(&error))?;
        roots.add(certificate).map_err(|error| fault(&error))?;
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_without_authorities_is_refused_with_its_place_and_what_would_do() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("ca.pem");
        let refusal = || trusted(Some(&path)).expect_err("nothing to trust").to_string();
        assert!(refusal().starts_with("provider_ca_file "), "missing: {}", refusal());
        for text in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            fs::write(&path, text).expect("a file");
            let refusal = refusal();
            assert!(refusal.ends_with("as PEM") && refusal.contains("ca.pem"), "{refusal}");
        }
        assert!(trusted(None).expect("the public ones").len() > 50);
    }
}
