package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.standalone.client.ApiClient;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a new user meets in the first minutes: one sentence instead of a stack trace when something
 * is in the way, a clean stop, and a start that goes on where it stopped.
 */
class FirstMinutesGuarantee {

  private static final Duration START = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void aBusyPortIsOneSentence() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        DemoProcess demo =
            DemoProcess.start(
                folder.resolve("data"), "--port", Integer.toString(taken.getLocalPort()))) {
      assertThat(demo.awaitExit(START)).isEqualTo(1);
      assertThat(demo.output())
          .contains("port " + taken.getLocalPort() + " is taken")
          .contains("--port")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void aFolderWithoutImagesIsOneSentence() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    try (DemoProcess demo =
        DemoProcess.start(folder.resolve("data"), "--images", empty.toString())) {
      assertThat(demo.awaitExit(START)).isEqualTo(1);
      assertThat(demo.output()).contains(empty + " holds no images").doesNotContain("\tat ");
    }
  }

  @Test
  void aFolderInUseIsOneSentence() throws Exception {
    Path data = folder.resolve("data");
    try (DataFolder _ = DataFolder.open(data);
        DemoProcess demo = DemoProcess.start(data)) {
      assertThat(demo.awaitExit(START)).isEqualTo(1);
      assertThat(demo.output()).contains(" is in use by a running system").doesNotContain("\tat ");
    }
  }

  @Test
  void ctrlCLeavesNothingBehindAndTheNextStartGoesOn() throws Exception {
    Path data = folder.resolve("data");
    long images;
    try (DemoProcess demo = DemoProcess.start(data, "--limit", "800", "--first", "400")) {
      demo.awaitOutput("first answer", START);
      try (ApiClient api = demo.api(START)) {
        Awaitility.await()
            .atMost(START)
            .until(() -> api.get("/v1/status").json().path("serving").path("images").asLong() > 200);
        images = api.get("/v1/status").json().path("serving").path("images").asLong();
      }
      List<ProcessHandle> processes = demo.processes();
      assertThat(processes).hasSizeGreaterThanOrEqualTo(3);
      demo.interrupt();
      Awaitility.await("every process has ended")
          .atMost(Duration.ofSeconds(15))
          .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }
    try (DemoProcess demo = DemoProcess.start(data, "--limit", "800", "--first", "400");
        ApiClient api = demo.api(START)) {
      demo.awaitOutput("first answer", START);
      assertThat(api.get("/v1/status").json().path("serving").path("images").asLong())
          .isGreaterThanOrEqualTo(images - 10);
    }
  }
}
