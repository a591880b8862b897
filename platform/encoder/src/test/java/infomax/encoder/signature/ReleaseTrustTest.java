package infomax.encoder.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import infomax.encoder.EncoderException;
import infomax.events.Digest;
import infomax.events.control.EncoderRelease;
import infomax.events.control.EncoderRelease.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who trusts a key uses what was signed with it, as it was signed, and nothing else. */
final class ReleaseTrustTest {

  private static final Digest GOLDEN = Digest.of(new byte[] {2});

  @TempDir Path folder;

  private final Map<Digest, byte[]> objects = new HashMap<>();
  private Path privateKey;
  private Path publicKey;
  private Path otherPublicKey;

  @BeforeEach
  void makeKeys() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    privateKey = pem("key.pem", "PRIVATE KEY", pair.getPrivate().getEncoded());
    publicKey = pem("key.pub", "PUBLIC KEY", pair.getPublic().getEncoded());
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    otherPublicKey = pem("other.pub", "PUBLIC KEY", other.getPublic().getEncoded());
  }

  @Test
  void whatIsSignedIsTextThatNamesEveryFile() {
    assertThat(
            new String(ReleaseStatement.of(release(1, Verdict.ACCEPTED)), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            infomax encoder release, format 1
            version 1
            verdict accepted
            pixel-pipeline 1
            input-size 32
            dimensions 64
            onnx %s
            golden %s
            int8-onnx none
            int8-golden none
            """
                .formatted(Digest.of(new byte[] {1}).hex(), GOLDEN.hex()));
  }

  @Test
  void aSignedReleaseIsTrustedByWhoHasTheKey() throws Exception {
    EncoderRelease signed = signed(release(1, Verdict.ACCEPTED));
    assertThatCode(() -> ReleaseTrust.ofFile(publicKey).verify(signed, objects::get))
        .doesNotThrowAnyException();
    Path both =
        Files.writeString(
            folder.resolve("both.pub"),
            Files.readString(otherPublicKey) + Files.readString(publicKey));
    assertThatCode(() -> ReleaseTrust.ofFile(both).verify(signed, objects::get))
        .doesNotThrowAnyException();
    assertRefused(otherPublicKey, signed, "signed with a key that is not in");
  }

  @Test
  void unsignedOrChangedReleasesAreRefusedByWhoHasAKeyAndByNobodyElse() {
    EncoderRelease unsigned = release(1, Verdict.ACCEPTED);
    assertThatCode(() -> ReleaseTrust.anybody().verify(unsigned, objects::get))
        .doesNotThrowAnyException();
    assertRefused(publicKey, unsigned, "encoder 1 is not signed");
    Map<String, Digest> signature = signed(unsigned).artifacts();
    assertRefused(
        publicKey, release(2, Verdict.ACCEPTED).withArtifacts(signature), "is not what its");
    assertRefused(
        publicKey, release(1, Verdict.REJECTED).withArtifacts(signature), "is not what its");
    EncoderRelease otherGolden =
        signed(unsigned).withArtifacts(Map.of(EncoderRelease.GOLDEN, Digest.of(new byte[] {3})));
    assertRefused(publicKey, otherGolden, "is not what its");
    Digest noSignature = Digest.of(new byte[] {9});
    objects.put(noSignature, new byte[] {9});
    assertRefused(
        publicKey,
        unsigned.withArtifacts(Map.of(EncoderRelease.SIGNATURE, noSignature)),
        "is not what its");
  }

  @Test
  void filesWithoutSuchAKeyAreNamed() throws Exception {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReleaseTrust.ofFile(privateKey))
        .withMessageContaining("holds no PEM block \"PUBLIC KEY\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReleaseSigner.ofFile(folder.resolve("absent.pem")))
        .withMessageContaining("absent.pem cannot be read");
    KeyPair ec = KeyPairGenerator.getInstance("EC").generateKeyPair();
    Path ecKey = pem("ec.pem", "PRIVATE KEY", ec.getPrivate().getEncoded());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReleaseSigner.ofFile(ecKey))
        .withMessageContaining("openssl genpkey -algorithm ed25519");
  }

  private void assertRefused(Path key, EncoderRelease release, String why) {
    assertThatThrownBy(() -> ReleaseTrust.ofFile(key).verify(release, objects::get))
        .isInstanceOf(EncoderException.class)
        .hasMessageContaining(why);
  }

  private EncoderRelease signed(EncoderRelease release) {
    byte[] signature = ReleaseSigner.ofFile(privateKey).sign(release);
    assertThat(signature).hasSize(64);
    Digest digest = Digest.of(signature);
    objects.put(digest, signature);
    return release.withArtifacts(Map.of(EncoderRelease.SIGNATURE, digest));
  }

  private Path pem(String name, String label, byte[] bytes) throws Exception {
    return Files.writeString(
        folder.resolve(name),
        "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
            .formatted(label, Base64.getMimeEncoder().encodeToString(bytes)));
  }

  private static EncoderRelease release(int version, Verdict verdict) {
    return new EncoderRelease(
        version,
        Digest.of(new byte[] {1}),
        1,
        32,
        64,
        1,
        verdict,
        List.of(),
        "default",
        1,
        Map.of(),
        null,
        null,
        null,
        List.of(),
        Map.of(EncoderRelease.GOLDEN, GOLDEN),
        Instant.EPOCH);
  }
}
