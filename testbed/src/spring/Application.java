package app;

import cors.CorsPolicy;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class Application {

    @Bean
    FilterRegistrationBean<CorsPolicy> cors() {
        FilterRegistrationBean<CorsPolicy> cors = new FilterRegistrationBean<>(new CorsPolicy());
        cors.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return cors;
    }

    @RequestMapping("/**")
    ResponseEntity<String> answer(HttpServletRequest request) {
        return Asked.answer(request.getQueryString());
    }

    /** What is mapped to every method is not mapped to this one: Spring answers it by itself. */
    @RequestMapping(path = "/**", method = RequestMethod.OPTIONS)
    ResponseEntity<String> options(HttpServletRequest request) {
        return answer(request);
    }
}
