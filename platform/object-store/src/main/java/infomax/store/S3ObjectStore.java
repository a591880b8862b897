package infomax.store;

import infomax.events.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A store in a bucket: the keys are {@code <prefix>/objects/<sha256>} and {@code
 * <prefix>/entries/<name>}. Everything is created by {@code PUT} with {@code If-None-Match: *},
 * which S3 answers with 412 if the key is taken; a service that ignores the condition is refused
 * when the store is opened. A put is whole or absent, so that no upload is ever seen half.
 *
 * <p>A reply can be lost, and the client repeats a request by itself. An entry therefore carries a
 * mark of the call that made it, and who is told that the key is taken looks whose mark is there.
 *
 * <p>Source of the condition: Amazon S3 user guide, "Conditional writes".
 */
final class S3ObjectStore implements ObjectStore {

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;

  /** Metadata of an entry: the call that created it. */
  private static final String MARK = "infomax-call";

  private static final int UPLOADS_AT_ONCE = 8;
  private static final int ATTEMPTS_MAX = 5;

  /** From this size on it is cheaper to ask whether an object is there than to send it. */
  private static final long ASK_FIRST_BYTES = 1 << 20;

  /** An object older than this is stored anew instead of being relied on: it may be garbage. */
  private static final Duration YOUNG = Duration.ofHours(1);

  private final S3Client client;
  private final String bucket;
  private final String root;

  private S3ObjectStore(S3Client client, String bucket, String prefix) {
    this.client = client;
    this.bucket = bucket;
    this.root = prefix.isEmpty() ? "" : prefix + "/";
  }

  /**
   * Opens the store and tries whether the service keeps its promise to create only what is absent.
   *
   * @throws ObjectStoreException if the bucket cannot be used or the service ignores the condition
   */
  static S3ObjectStore open(S3Settings settings) {
    S3ObjectStore store =
        new S3ObjectStore(S3Clients.client(settings), settings.bucket(), settings.prefix());
    String probe = "probe-" + UUID.randomUUID();
    boolean first = store.createEntry(probe, new byte[] {1});
    boolean second = store.createEntry(probe, new byte[] {2});
    store.deleteEntry(probe);
    if (!first || second) {
      throw new ObjectStoreException(
          "the object store at "
              + store
              + " ignores If-None-Match on PUT, and two writers could not be told apart: use a"
              + " service that supports conditional writes");
    }
    return store;
  }

  @Override
  public Digest put(byte[] bytes) {
    Digest digest = Digest.of(bytes);
    store(digest, RequestBody.fromBytes(bytes), bytes.length);
    return digest;
  }

  @Override
  public void putDigested(Map<Path, Digest> digests) {
    if (digests.isEmpty()) {
      return;
    }
    try (ExecutorService uploads = Executors.newFixedThreadPool(UPLOADS_AT_ONCE)) {
      List<Future<?>> all = new ArrayList<>();
      digests.forEach((path, digest) -> all.add(uploads.submit(() -> storeFile(path, digest))));
      for (Future<?> upload : all) {
        upload.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ObjectStoreException("interrupted while files were stored", e);
    } catch (ExecutionException e) {
      throw new ObjectStoreException(
          "files cannot be stored in " + this + ": " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] read(Digest digest) {
    byte[] bytes = get(object(digest)).orElseThrow(() -> ObjectBrokenException.absent(digest));
    ObjectBrokenException.requireSame(digest, Digest.of(bytes));
    return bytes;
  }

  @Override
  public void fetch(Digest digest, Path target) {
    if (Files.exists(target)) {
      return;
    }
    Path part = target.resolveSibling(DurableFiles.PART_PREFIX + UUID.randomUUID());
    try {
      client.getObject(request -> request.bucket(bucket).key(object(digest)), part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (S3Exception e) {
      throw e.statusCode() == NOT_FOUND
          ? ObjectBrokenException.absent(digest)
          : failed("object " + digest + " cannot be fetched", e);
    } catch (SdkException | IOException e) {
      throw failed("object " + digest + " cannot be fetched", e);
    } finally {
      DurableFiles.delete(part);
    }
  }

  @Override
  public void verify(Digest digest) {
    try (InputStream content =
        client.getObject(request -> request.bucket(bucket).key(object(digest)))) {
      ObjectBrokenException.requireSame(digest, DurableFiles.digest(content));
    } catch (S3Exception e) {
      throw e.statusCode() == NOT_FOUND
          ? ObjectBrokenException.absent(digest)
          : failed("object " + digest + " cannot be read", e);
    } catch (SdkException | IOException e) {
      throw failed("object " + digest + " cannot be read", e);
    }
  }

  @Override
  public boolean contains(Digest digest) {
    return head(object(digest)).isPresent();
  }

  @Override
  public void delete(Digest digest) {
    delete(object(digest));
  }

  @Override
  public boolean createEntry(String name, byte[] value) {
    String key = entryKey(name);
    String mark = UUID.randomUUID().toString();
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      if (create(key, RequestBody.fromBytes(value), Map.of(MARK, mark))) {
        return true;
      }
      Optional<HeadObjectResponse> taken = head(key);
      if (taken.isPresent()) {
        return mark.equals(taken.get().metadata().get(MARK));
      }
      // Refused because another call was at work on the key, or deleted since: try again.
    }
    throw new ObjectStoreException(
        "entry "
            + name
            + " could not be created in "
            + ATTEMPTS_MAX
            + " attempts: others keep at it");
  }

  @Override
  public Optional<byte[]> entry(String name) {
    return get(entryKey(name));
  }

  @Override
  public List<String> entries(String prefix) {
    String entries = root + "entries/";
    List<String> names = new ArrayList<>();
    for (S3Object found : list(entryKey(prefix) + "/")) {
      names.add(found.key().substring(entries.length()));
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public List<String> names(String folder) {
    String prefix = entryKey(folder) + "/";
    List<String> names = new ArrayList<>();
    calling(
        prefix + " cannot be listed",
        () -> {
          for (ListObjectsV2Response page :
              client.listObjectsV2Paginator(
                  request -> request.bucket(bucket).prefix(prefix).delimiter("/"))) {
            page.contents().forEach(found -> names.add(found.key().substring(prefix.length())));
            for (CommonPrefix below : page.commonPrefixes()) {
              names.add(below.prefix().substring(prefix.length(), below.prefix().length() - 1));
            }
          }
          return true;
        });
    Collections.sort(names);
    return names;
  }

  @Override
  public void deleteEntry(String name) {
    delete(entryKey(name));
  }

  @Override
  public int collectGarbage(Predicate<Digest> isNamed, Instant olderThan) {
    String objects = object("");
    int deleted = 0;
    for (S3Object found : list(objects)) {
      Digest digest = new Digest(found.key().substring(objects.length()));
      if (found.lastModified().isBefore(olderThan) && !isNamed.test(digest)) {
        delete(found.key());
        deleted++;
      }
    }
    return deleted;
  }

  @Override
  public String toString() {
    return "s3://" + bucket + "/" + root;
  }

  private void storeFile(Path path, Digest digest) {
    try {
      store(digest, RequestBody.fromFile(path), Files.size(path));
    } catch (IOException | UncheckedIOException e) {
      throw failed("file " + path + " cannot be read", e);
    }
  }

  /** Stores an object unless it is there and young. */
  private void store(Digest digest, RequestBody content, long bytes) {
    String key = object(digest);
    if (bytes >= ASK_FIRST_BYTES && isYoung(key)) {
      return;
    }
    if (!create(key, content, Map.of()) && !isYoung(key)) {
      // The same bytes again, for a new age.
      calling(
          "object " + digest + " cannot be stored",
          () -> {
            client.putObject(request -> request.bucket(bucket).key(key), content);
            return true;
          });
    }
  }

  private boolean isYoung(String key) {
    return head(key)
        .filter(found -> found.lastModified().isAfter(Instant.now().minus(YOUNG)))
        .isPresent();
  }

  /** False if the service says that the key is taken or in work. */
  private boolean create(String key, RequestBody content, Map<String, String> metadata) {
    PutObjectRequest request =
        PutObjectRequest.builder()
            .bucket(bucket)
            .key(key)
            .metadata(metadata)
            .ifNoneMatch("*")
            .build();
    try {
      client.putObject(request, content);
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == PRECONDITION_FAILED || e.statusCode() == CONFLICT) {
        return false;
      }
      throw failed(key + " cannot be created", e);
    } catch (SdkException e) {
      throw failed(key + " cannot be created", e);
    }
  }

  private Optional<byte[]> get(String key) {
    return calling(
        key + " cannot be read",
        () ->
            Optional.of(
                client
                    .getObjectAsBytes(request -> request.bucket(bucket).key(key))
                    .asByteArrayUnsafe()),
        Optional.empty());
  }

  private Optional<HeadObjectResponse> head(String key) {
    return calling(
        key + " cannot be looked at",
        () -> Optional.of(client.headObject(request -> request.bucket(bucket).key(key))),
        Optional.empty());
  }

  private List<S3Object> list(String prefix) {
    return calling(
        prefix + " cannot be listed",
        () ->
            client
                .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix))
                .contents()
                .stream()
                .toList());
  }

  private void delete(String key) {
    calling(
        key + " cannot be deleted",
        () -> client.deleteObject(request -> request.bucket(bucket).key(key)));
  }

  private <T> T calling(String problem, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException e) {
      throw failed(problem, e);
    }
  }

  private <T> T calling(String problem, Supplier<T> call, T whereAbsent) {
    try {
      return call.get();
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND && !isBucketMissing(e)) {
        return whereAbsent;
      }
      throw failed(problem, e);
    } catch (SdkException e) {
      throw failed(problem, e);
    }
  }

  private static boolean isBucketMissing(S3Exception e) {
    return e.awsErrorDetails() != null && "NoSuchBucket".equals(e.awsErrorDetails().errorCode());
  }

  private ObjectStoreException failed(String problem, Exception cause) {
    return new ObjectStoreException(problem + " in " + this + ": " + cause.getMessage(), cause);
  }

  private String object(Digest digest) {
    return object(digest.hex());
  }

  private String object(String name) {
    return root + "objects/" + name;
  }

  private String entryKey(String name) {
    return root + "entries/" + EntryName.checked(name);
  }
}
