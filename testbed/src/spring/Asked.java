package app;

import java.util.Arrays;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** What the query of a request asks for, as upstream.rs reads it. */
public class Asked {

    public static ResponseEntity<String> answer(String query) {
        List<String> asked = query == null ? List.of() : Arrays.asList(query.split("&"));
        int status = asked.stream().filter(part -> part.startsWith("status=")).map(part -> Integer.parseInt(part.substring(7))).findFirst().orElse(200);
        HttpHeaders headers = new HttpHeaders();
        headers.add("X-Upstream", "seen");
        if (asked.contains("cors=own")) {
            for (String line : System.getenv("OWN_CORS_HEADERS").split("\n")) {
                String[] header = line.split(": ", 2);
                headers.add(header[0], header[1]);
            }
        }
        if (asked.contains("vary=1")) {
            headers.add("Vary", "Accept-Encoding");
        }
        if (status >= 300 && status <= 399 && status != 304) {
            headers.add("Location", "/elsewhere");
        }
        if (status == 204 || status == 304) {
            return ResponseEntity.status(status).headers(headers).build();
        }
        headers.setContentType(MediaType.TEXT_PLAIN);
        return ResponseEntity.status(status).headers(headers).body("upstream\n");
    }
}
