package infomax.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import infomax.standalone.client.ApiClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
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
  void withoutJdk25ItSaysWhatToInstall() throws Exception {
    Path programs = Files.createDirectory(folder.resolve("bin"));
    for (String program : List.of("sh", "dirname", "grep", "readlink", "sed", "sort")) {
      Files.createSymbolicLink(programs.resolve(program), Path.of("/usr/bin", program));
    }
    // In place of a machine whose usual folders hold no JDK: a find that finds nothing.
    Path find = Files.writeString(programs.resolve("find"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(find, PosixFilePermissions.fromString("rwxr-xr-x"));
    ProcessBuilder launcher =
        new ProcessBuilder("/bin/sh", System.getProperty("infomax.root") + "/infomax", "demo")
            .redirectErrorStream(true);
    launcher.environment().clear();
    launcher.environment().put("PATH", programs.toString());
    launcher.environment().put("HOME", folder.toString());
    Process process = launcher.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(output).startsWith("no JDK 25 found: install one").hasLineCount(1);
  }

  @Test
  void aFullDiskIsOneSentence() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    List<String> onSmallDisk =
        List.of(
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o size=64m tmpfs " + disk + " && exec \"$@\"",
            "sh");
    assumeTrue(works(onSmallDisk), "no small disk can be mounted here (unshare, tmpfs)");
    try (DemoProcess demo = DemoProcess.startUnder(onSmallDisk, disk.resolve("data"))) {
      assertThat(demo.awaitExit(START)).isEqualTo(1);
      assertThat(demo.output())
          .containsPattern("has \\d+ MiB free and 1024 MiB are needed")
          .contains("--data DIR")
          .doesNotContain("\tat ");
    }
  }

  private static boolean works(List<String> prefix) throws InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.add("true");
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
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
            .until(
                () -> api.get("/v1/status").json().path("serving").path("images").asLong() > 200);
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
