package infomax.testing.store;

import com.google.common.collect.ImmutableMultimap;
import infomax.runtime.process.ParentWatch;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.PutOptions2;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;
import org.jclouds.blobstore.domain.Blob;
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

  private S3ServerMain() {}

  /** Serves until the parent goes. {@code arguments[0]} is the file for the port. */
  public static void main(String[] arguments) throws Exception {
    ParentWatch.install();
    BlobStoreContext context =
        ContextBuilder.newBuilder(new TransientApiMetadata())
            .credentials("test", "test-secret")
            .build(BlobStoreContext.class);
    BlobStore store = new OneAtATime(context.getBlobStore());
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
        throw new HttpResponseException(
            new HttpCommand(
                HttpRequest.builder().method("PUT").endpoint("http://127.0.0.1/").build()),
            HttpResponse.builder()
                .statusCode(PRECONDITION_FAILED)
                .headers(ImmutableMultimap.of())
                .build());
      }
      return delegate().putBlob(container, blob, options);
    }
  }
}
