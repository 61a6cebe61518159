package app;

import cors.CorsPolicy;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.web.embedded.EmbeddedWebServerFactoryCustomizerAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.ResponseEntity;

/** No more of Spring Boot than it takes to serve, because it is started for many policies. */
@SpringBootConfiguration
@ImportAutoConfiguration({EmbeddedWebServerFactoryCustomizerAutoConfiguration.class, ServletWebServerFactoryAutoConfiguration.class})
public class Application {

    @Bean
    FilterRegistrationBean<CorsPolicy> cors() {
        FilterRegistrationBean<CorsPolicy> cors = new FilterRegistrationBean<>(new CorsPolicy());
        cors.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return cors;
    }

    @Bean
    ServletRegistrationBean<HttpServlet> service() {
        return new ServletRegistrationBean<>(new HttpServlet() {

            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                ResponseEntity<String> answer = Asked.answer(request.getQueryString());
                response.setStatus(answer.getStatusCode().value());
                answer.getHeaders().forEach((name, values) -> values.forEach(value -> response.setHeader(name, value)));
                if (answer.hasBody()) {
                    response.getWriter().print(answer.getBody());
                }
            }
        }, "/*");
    }
}
