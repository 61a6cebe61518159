package app;

import cors.CorsPolicy;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.view.RedirectView;

/** What applications do: errors of every origin, other threads, and CORS in the ways that people write it by hand. */
@SpringBootApplication
@RestController
public class Application implements WebMvcConfigurer {

    @Bean
    FilterRegistrationBean<CorsPolicy> cors() {
        FilterRegistrationBean<CorsPolicy> cors = new FilterRegistrationBean<>(new CorsPolicy());
        cors.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return cors;
    }

    /** Stands where Spring Security does. */
    @Bean
    FilterRegistrationBean<jakarta.servlet.Filter> security() {
        FilterRegistrationBean<jakarta.servlet.Filter> security = new FilterRegistrationBean<>((request, response, chain) -> {
            String path = ((HttpServletRequest) request).getRequestURI();
            if (path.startsWith("/api/filter/")) {
                int status = Integer.parseInt(path.substring("/api/filter/".length()));
                if (status == 500) {
                    throw new IOException("nobody handles this");
                }
                ((HttpServletResponse) response).sendError(status);
                return;
            }
            chain.doFilter(request, response);
        });
        security.setOrder(-100);
        return security;
    }

    @Override
    public void addCorsMappings(CorsRegistry registry) {
        registry.addMapping("/api/mapped").allowedOriginPatterns("*").allowCredentials(true).allowedMethods("*").maxAge(7);
    }

    @GetMapping("/api/thrown/{status}")
    String thrown(@PathVariable int status) {
        throw new ResponseStatusException(HttpStatus.valueOf(status));
    }

    @GetMapping("/api/unhandled")
    String unhandled() {
        throw new IllegalStateException("nobody handles this");
    }

    @PostMapping("/api/json")
    String json(@RequestBody Policy body) {
        return body.name();
    }

    record Policy(String name) { }

    @GetMapping("/api/redirect")
    RedirectView redirect() {
        return new RedirectView("/elsewhere");
    }

    @GetMapping("/api/later")
    Callable<String> later() {
        return () -> "later";
    }

    @GetMapping("/api/reset")
    void reset(HttpServletResponse response) throws IOException {
        response.reset();
        response.setHeader("X-Own", "yes");
        response.setHeader("Vary", "Cookie");
        response.setIntHeader("Access-Control-Max-Age", 7);
        response.addIntHeader("access-control-max-age", 8);
        response.setHeader("access-control-allow-origin", "*");
        response.getWriter().print("reset");
    }

    @CrossOrigin(originPatterns = "*", allowCredentials = "true", maxAge = 7)
    @GetMapping({"/api/annotated", "/none/annotated"})
    String annotated() {
        return "annotated";
    }

    @GetMapping({"/api/mapped", "/api/items", "/items", "/one/x", "/two/x", "/three"})
    String items() {
        return "items";
    }
}
