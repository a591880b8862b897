package infomax.runtime.tls;

import infomax.runtime.config.ConfigurationException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Certificates and keys in PEM (RFC 7468): X.509 certificates, and unencrypted PKCS #8 private keys
 * of the kinds RSA and EC.
 */
public final class Pem {

  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private Pem() {}

  /**
   * A key store with one entry: the chain, the server's own certificate first, and its key.
   *
   * @throws ConfigurationException if either is no PEM of the expected form, or the key is not that
   *     of the first certificate; never says what is in a key
   */
  public static KeyStore identity(byte[] chain, byte[] key, String password) {
    List<X509Certificate> certificates = certificates(chain);
    PrivateKey privateKey = privateKey(key, certificates.getFirst().getPublicKey().getAlgorithm());
    try {
      verifyPair(certificates.getFirst(), privateKey);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "server",
          privateKey,
          password.toCharArray(),
          certificates.toArray(X509Certificate[]::new));
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigurationException("the certificate and the key cannot be used: " + e);
    }
  }

  /**
   * A client's TLS that trusts the certificates of a file, and nothing else.
   *
   * @throws ConfigurationException if it cannot be read or holds no certificate
   */
  public static SSLContext trusting(Path file) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int ordinal = 0;
      for (X509Certificate certificate : certificates(Files.readAllBytes(file))) {
        store.setCertificateEntry("ca-" + ordinal++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (ConfigurationException e) {
      throw new ConfigurationException(file + ": " + e.getMessage());
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e);
    }
  }

  private static List<X509Certificate> certificates(byte[] pem) {
    try {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (CertificateException e) {
      throw new ConfigurationException("no certificates in PEM: " + e.getMessage());
    }
    throw new ConfigurationException("there is no certificate; expected PEM, BEGIN CERTIFICATE");
  }

  private static PrivateKey privateKey(byte[] pem, String algorithm) {
    Matcher matcher = PRIVATE_KEY.matcher(new String(pem, StandardCharsets.US_ASCII));
    if (!matcher.find()) {
      throw new ConfigurationException(
          "there is no unencrypted PKCS #8 key, BEGIN PRIVATE KEY; convert it with openssl pkcs8"
              + " -topk8 -nocrypt -in KEY -out PKCS8");
    }
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(
              new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(matcher.group(1))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new ConfigurationException(
          "the private key is damaged, or no " + algorithm + " key as the certificate's is");
    }
  }

  /** Files are replaced one after the other: half of the new pair must not be taken into use. */
  private static void verifyPair(X509Certificate certificate, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default ->
              throw new ConfigurationException(
                  "the key is of kind " + key.getAlgorithm() + ", expected RSA or EC");
        };
    byte[] text = "one pair".getBytes(StandardCharsets.US_ASCII);
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(text);
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(certificate.getPublicKey());
    verifying.update(text);
    if (!verifying.verify(signing.sign())) {
      throw new ConfigurationException("the private key is not that of the first certificate");
    }
  }
}
