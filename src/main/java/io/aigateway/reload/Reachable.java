package io.aigateway.reload;

import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.spi.BeanRepository;
import org.jspecify.annotations.Nullable;

/**
 * Of some beans those that routes may reach, whichever way a file names them. For Camel there are
 * no others.
 */
record Reachable(BeanRepository all, Predicate<Object> mayReach) implements BeanRepository {
  @Override
  public @Nullable Object lookupByName(String name) {
    return only(all.lookupByName(name));
  }

  @Override
  public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
    return only(all.lookupByNameAndType(name, type));
  }

  private <T> @Nullable T only(@Nullable T bean) {
    return bean != null && mayReach.test(bean) ? bean : null;
  }

  @Override
  public <T> Map<String, T> findByTypeWithName(Class<T> type) {
    return all.findByTypeWithName(type).entrySet().stream()
        .filter(entry -> mayReach.test(entry.getValue()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Override
  public <T> Set<T> findByType(Class<T> type) {
    return all.findByType(type).stream().filter(mayReach).collect(Collectors.toSet());
  }
}
