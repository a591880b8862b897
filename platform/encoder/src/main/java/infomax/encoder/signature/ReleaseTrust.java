package infomax.encoder.signature;

import infomax.encoder.EncoderException;
import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Whose releases are used: anybody's, or those signed with one of some keys. Thread-safe. */
public final class ReleaseTrust {

  private static final ReleaseTrust ANYBODY = new ReleaseTrust(List.of());

  private final List<PublicKey> keys;

  private ReleaseTrust(List<PublicKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /** Trust in whoever can write to {@code control} and to the object store. */
  public static ReleaseTrust anybody() {
    return ANYBODY;
  }

  /**
   * Trust in the Ed25519 keys of a PEM file, as {@code openssl pkey -pubout} writes them; several
   * are there while one replaces another.
   *
   * @throws IllegalArgumentException if the file holds none
   */
  public static ReleaseTrust ofFile(Path file) {
    try {
      KeyFactory factory = KeyFactory.getInstance(ReleaseSigner.ALGORITHM);
      List<PublicKey> keys = new java.util.ArrayList<>();
      for (byte[] block : PemFile.blocks(file, "PUBLIC KEY")) {
        keys.add(factory.generatePublic(new X509EncodedKeySpec(block)));
      }
      return new ReleaseTrust(keys);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          file + " holds a public key that is none of Ed25519; openssl pkey -pubout writes one", e);
    }
  }

  /** Trust in the keys of a file, or in anybody where there is none. */
  public static ReleaseTrust ofFile(Optional<Path> file) {
    return file.map(ReleaseTrust::ofFile).orElse(ANYBODY);
  }

  /**
   * Refuses a release that is not to be used.
   *
   * @param objects reads an object of the store
   * @throws EncoderException if it is not signed, or by somebody else, or is not what was signed
   */
  public void verify(EncoderRelease release, Function<Digest, byte[]> objects) {
    if (keys.isEmpty()) {
      return;
    }
    Digest signature = release.artifacts().get(EncoderRelease.SIGNATURE);
    if (signature == null) {
      throw new EncoderException(
          "encoder "
              + release.version()
              + " is not signed, expected a signature of a key in encoder.public-key-file");
    }
    byte[] statement = ReleaseStatement.of(release);
    byte[] bytes = objects.apply(signature);
    if (keys.stream().noneMatch(key -> isSigned(key, statement, bytes))) {
      throw new EncoderException(
          "encoder "
              + release.version()
              + " is not what its signature is about, or signed with a key that is not in"
              + " encoder.public-key-file");
    }
  }

  private static boolean isSigned(PublicKey key, byte[] statement, byte[] bytes) {
    try {
      Signature signature = Signature.getInstance(ReleaseSigner.ALGORITHM);
      signature.initVerify(key);
      signature.update(statement);
      return signature.verify(bytes);
    } catch (GeneralSecurityException e) {
      // Bytes that are no signature at all.
      return false;
    }
  }
}
