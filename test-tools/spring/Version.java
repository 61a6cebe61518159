import org.apache.catalina.util.ServerInfo;
import org.springframework.boot.SpringBootVersion;

/** What is on the class path, in a few words. */
public class Version {

    public static void main(String[] arguments) {
        String tomcat = ServerInfo.getServerInfo().replace("Apache ", "").replace('/', ' ');
        System.out.println("Spring Boot " + SpringBootVersion.getVersion() + ", " + tomcat);
    }
}
