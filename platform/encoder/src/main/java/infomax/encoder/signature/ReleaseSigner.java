package infomax.encoder.signature;

import infomax.events.control.EncoderRelease;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;

/** Signs releases with an Ed25519 key (RFC 8032). Thread-safe. */
public final class ReleaseSigner {

  static final String ALGORITHM = "Ed25519";

  private final PrivateKey key;

  private ReleaseSigner(PrivateKey key) {
    this.key = key;
  }

  /**
   * A signer with the key in a PEM file, as {@code openssl genpkey -algorithm ed25519} writes it.
   *
   * @throws IllegalArgumentException if the file holds no such key
   */
  public static ReleaseSigner ofFile(Path file) {
    try {
      return new ReleaseSigner(
          KeyFactory.getInstance(ALGORITHM)
              .generatePrivate(
                  new PKCS8EncodedKeySpec(PemFile.blocks(file, "PRIVATE KEY").getFirst())));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          file + " holds no Ed25519 key; openssl genpkey -algorithm ed25519 makes one", e);
    }
  }

  /** The signature, 64 bytes, of {@link ReleaseStatement} of a release. */
  public byte[] sign(EncoderRelease release) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(ReleaseStatement.of(release));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("encoder " + release.version() + " cannot be signed", e);
    }
  }
}
