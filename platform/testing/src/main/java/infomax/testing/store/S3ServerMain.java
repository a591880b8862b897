package infomax.testing.store;

import com.google.common.collect.ImmutableMultimap;
import infomax.runtime.process.ParentWatch;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.PutOptions2;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;
import org.jclouds.blobstore.domain.Blob;
import org.jclouds.blobstore.domain.PageSet;
import org.jclouds.blobstore.domain.StorageMetadata;
import org.jclouds.blobstore.options.GetOptions;
import org.jclouds.blobstore.options.ListContainerOptions;
import org.jclouds.blobstore.options.PutOptions;
import org.jclouds.blobstore.util.ForwardingBlobStore;
import org.jclouds.http.HttpCommand;
import org.jclouds.http.HttpRequest;
import org.jclouds.http.HttpResponse;
import org.jclouds.http.HttpResponseException;
import org.jspecify.annotations.Nullable;

/** The process of {@link S3Server}: serves a bucket in memory and writes its port to a file. */
final class S3ServerMain {

  private static final int PRECONDITION_FAILED = 412;
  private static final int SERVICE_UNAVAILABLE = 503;

  private S3ServerMain() {}

  /**
   * Serves until the parent goes. {@code arguments[0]} is the file for the port; while {@code
   * arguments[1]} exists, some requests are answered 503.
   */
  public static void main(String[] arguments) throws Exception {
    ParentWatch.install();
    BlobStoreContext context =
        ContextBuilder.newBuilder(new TransientApiMetadata())
            .credentials("test", "test-secret")
            .build(BlobStoreContext.class);
    BlobStore store = new Unreliable(new OneAtATime(context.getBlobStore()), Path.of(arguments[1]));
    store.createContainerInLocation(null, S3Server.BUCKET);
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.NONE, null, null)
            .build();
    server.start();
    Path file = Path.of(arguments[0]);
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(part, Integer.toString(server.getPort()));
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Creates only what is absent, in one step, as S3 does. S3Proxy 3.1 looks and then puts, so that
   * of racing writers several succeeded.
   */
  private static final class OneAtATime extends ForwardingBlobStore {

    OneAtATime(BlobStore delegate) {
      super(delegate);
    }

    @Override
    public synchronized String putBlob(String container, Blob blob, @Nullable PutOptions options) {
      String name = blob.getMetadata().getName();
      if (options instanceof PutOptions2 conditional
          && "*".equals(conditional.getIfNoneMatch())
          && delegate().blobExists(container, name)) {
        throw answer(PRECONDITION_FAILED);
      }
      return delegate().putBlob(container, blob, options);
    }
  }

  /**
   * While a file exists, answers some requests with 503, some of them after doing what they ask.
   */
  private static final class Unreliable extends ForwardingBlobStore {

    private static final double PROBABILITY = 0.1;
    private static final long SEED = 20_261_127;

    private final Path faults;
    private final Random random = new Random(SEED);

    Unreliable(BlobStore delegate, Path faults) {
      super(delegate);
      this.faults = faults;
    }

    @Override
    public String putBlob(String container, Blob blob, @Nullable PutOptions options) {
      mayFail(PROBABILITY / 2);
      String tag = delegate().putBlob(container, blob, options);
      mayFail(PROBABILITY / 2);
      return tag;
    }

    @Override
    public @Nullable Blob getBlob(String container, String name, GetOptions options) {
      mayFail(PROBABILITY);
      return delegate().getBlob(container, name, options);
    }

    @Override
    public PageSet<? extends StorageMetadata> list(String container, ListContainerOptions options) {
      mayFail(PROBABILITY);
      return delegate().list(container, options);
    }

    @Override
    public void removeBlob(String container, String name) {
      mayFail(PROBABILITY / 2);
      delegate().removeBlob(container, name);
      mayFail(PROBABILITY / 2);
    }

    private void mayFail(double probability) {
      if (Files.exists(faults)) {
        synchronized (random) {
          if (random.nextDouble() < probability) {
            throw answer(SERVICE_UNAVAILABLE);
          }
        }
      }
    }
  }

  private static HttpResponseException answer(int status) {
    return new HttpResponseException(
        new HttpCommand(HttpRequest.builder().method("PUT").endpoint("http://127.0.0.1/").build()),
        HttpResponse.builder().statusCode(status).headers(ImmutableMultimap.of()).build());
  }
}
