import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Many applications in one machine of Java, because each start of one takes seconds. Whoever connects names a folder with the sources of an application,
 * and is told its port, or what is wrong with it. The application stops when the connection ends, and all of it with the process that started it.
 */
public class Host {

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, Locale.ROOT, null);

    public static void main(String[] arguments) throws IOException {
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(0)));
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]), 50, InetAddress.getLoopbackAddress())) {
            while (true) {
                Socket guest = server.accept();
                new Thread(() -> serve(guest)).start();
            }
        }
    }

    private static void serve(Socket guest) {
        try (guest; PrintStream out = new PrintStream(guest.getOutputStream(), true)) {
            BufferedReader in = new BufferedReader(new InputStreamReader(guest.getInputStream()));
            String folder = in.readLine();
            if (folder == null) {
                return;
            }
            try (ConfigurableApplicationContext application = start(Path.of(folder))) {
                out.println("port " + ((ServletWebServerApplicationContext) application).getWebServer().getPort());
                in.readLine();
            } catch (Throwable fault) {
                fault.printStackTrace(out);
            }
        } catch (IOException gone) {
            // Its test sees that.
        }
    }

    private static ConfigurableApplicationContext start(Path folder) throws IOException, ReflectiveOperationException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        compile(folder, classes);
        URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL(), folder.toUri().toURL()}, Host.class.getClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        SpringApplication application = new SpringApplication(loader.loadClass("app.Application"));
        application.setRegisterShutdownHook(false);
        return application.run("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off", "--logging.level.root=ERROR",
                "--server.tomcat.threads.max=8", "--server.tomcat.threads.min-spare=1", "--server.tomcat.relaxed-path-chars=|,[,]", "--spring.jmx.enabled=false");
    }

    private static synchronized void compile(Path folder, Path classes) throws IOException {
        List<Path> sources;
        try (Stream<Path> found = Files.walk(folder)) {
            sources = found.filter(path -> path.toString().endsWith(".java")).toList();
        }
        StringWriter said = new StringWriter();
        List<String> options = List.of("-proc:none", "-parameters", "-Xlint:all,-serial", "-Werror", "-d", classes.toString(), "-cp", System.getProperty("java.class.path").split(File.pathSeparator)[0]);
        if (!COMPILER.getTask(said, FILES, null, options, null, FILES.getJavaFileObjectsFromPaths(sources)).call()) {
            throw new IllegalArgumentException(said.toString());
        }
    }
}
