# Finds a JDK 25 and exports JAVA_HOME; sourced by mvnw and infomax (POSIX sh).
# Order: JAVA_HOME, java on the PATH, Maven toolchains, the usual folders.

infomax_is_jdk25() {
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release"
}

infomax_jdk_candidates() {
  [ -z "${JAVA_HOME-}" ] || printf '%s\n' "$JAVA_HOME"
  if command -v java >/dev/null 2>&1; then
    infomax_java=$(command -v java)
    infomax_java=$(readlink -f "$infomax_java" 2>/dev/null || printf '%s' "$infomax_java")
    dirname "$(dirname "$infomax_java")"
  fi
  if [ -f "${HOME-}/.m2/toolchains.xml" ]; then
    sed -n 's:.*<jdkHome>\(.*\)</jdkHome>.*:\1:p' "$HOME/.m2/toolchains.xml"
  fi
  for infomax_folder in /usr/lib/jvm /usr/java /opt /opt/java /Library/Java/JavaVirtualMachines \
    "${HOME-}/.sdkman/candidates/java" "${HOME-}/.jdks" "${HOME-}/Library/Java/JavaVirtualMachines"; do
    [ -d "$infomax_folder" ] || continue
    find "$infomax_folder" -maxdepth 1 -mindepth 1 2>/dev/null | sort | sed 'p;s:$:/Contents/Home:'
  done
}

infomax_find_jdk25() {
  infomax_jdk_candidates | while IFS= read -r infomax_candidate; do
    if infomax_is_jdk25 "$infomax_candidate"; then
      printf '%s\n' "$infomax_candidate"
      break
    fi
  done
}

infomax_home=$(infomax_find_jdk25)
if [ -z "$infomax_home" ]; then
  echo "no JDK 25 found: install one (for example Temurin 25: apt-get install temurin-25-jdk, or sdk install java 25-tem) or set JAVA_HOME to it" >&2
  exit 1
fi
JAVA_HOME=$infomax_home
export JAVA_HOME
