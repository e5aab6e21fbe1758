package io.aigateway.reload;

import io.aigateway.provider.Providers;
import io.aigateway.reload.Workshop.Purpose;
import io.aigateway.settings.Routing;
import io.aigateway.settings.SettingsException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.ComponentResolver;
import org.apache.camel.spi.LanguageResolver;
import org.apache.camel.spi.ProcessorFactory;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/**
 * Builds sets of routes and starts them, unseen by callers. What files say is looked at first, then
 * tried in a context that is thrown away, where it can change nothing, and only then built.
 */
final class GenerationBuilder {
  /** What an ended generation waits for; its callers have gone before. */
  private static final long SHUTDOWN_SECONDS = 5;

  /** The bean step is made by this component; as an address the rules refuse it. */
  private static final String BEAN = "bean";

  private final Workshop workshop;
  private final Front front;
  private final RouteLimits limits;
  private final Routing routing;
  private final Clock clock;

  GenerationBuilder(
      Workshop workshop, Front front, RouteLimits limits, Routing routing, Clock clock) {
    this.workshop = workshop;
    this.front = front;
    this.limits = limits;
    this.routing = routing;
    this.clock = clock;
  }

  /**
   * The set as it serves, started.
   *
   * @param before the set in force, or null for the first one
   * @throws RoutesRefusedException saying what is wrong with it; then nothing has changed
   * @throws SettingsException when the default provider is not among its providers
   */
  Generation build(RouteSet set, @Nullable RouteSet before, long number)
      throws RoutesRefusedException {
    Map<String, RouteRules.Place> ids = Map.of();
    if (set.edited()) {
      ids = check(set);
    }
    if (before != null) {
      run(set.changedSince(before), "rehearsal", Purpose.REHEARSAL, ids, number).stop();
    }
    Generation built = run(set, "routes-" + number, Purpose.SERVICE, ids, number);
    try {
      routing.checkDefaultProvider(
          built.providers().all().stream()
              .map(provider -> provider.name())
              .collect(Collectors.toUnmodifiableSet()));
    } catch (SettingsException e) {
      built.stop();
      throw e;
    }
    return built;
  }

  /** Goes through all that a change takes, without one: the first time is ten times slower. */
  void practise(RouteSet set) {
    try {
      run(set, "practice", Purpose.REHEARSAL, check(set), 0).stop();
    } catch (RoutesRefusedException e) {
      throw new IllegalStateException("the routes in force are refused", e);
    }
  }

  private Map<String, RouteRules.Place> check(RouteSet set) throws RoutesRefusedException {
    DefaultRegistry registry = new DefaultRegistry(workshop.shared());
    Map<String, Object> own = workshop.own(new Providers(), Purpose.REHEARSAL);
    RouteRules rules =
        new RouteRules(
            limits,
            name -> own.containsKey(name) ? own.get(name) : registry.lookupByName(name),
            text -> RouteText.fill(text, this::setting));
    List<RouteFault> faults = rules.check(set);
    if (!faults.isEmpty()) {
      throw new RoutesRefusedException(faults, null);
    }
    return rules.ids();
  }

  private Generation run(
      RouteSet set, String name, Purpose purpose, Map<String, RouteRules.Place> ids, long number)
      throws RoutesRefusedException {
    Providers providers = new Providers();
    PlatformHttpEngine doors = front.doors();
    DefaultCamelContext context = new DefaultCamelContext(false);
    try {
      configure(context, name, purpose, providers, doors);
      List<Resource> resources = new ArrayList<>();
      for (RouteFile file : set.files()) {
        resources.add(ResourceHelper.fromString(file.name(), file.text()));
      }
      PluginHelper.getRoutesLoader(context).loadRoutes(resources);
      context.start();
    } catch (Exception e) {
      context.stop();
      throw new RoutesRefusedException(List.of(RouteFailure.of(e, ids)), e);
    }
    return new Generation(number, set, context, doors, providers, clock.instant());
  }

  private void configure(
      DefaultCamelContext context,
      String name,
      Purpose purpose,
      Providers providers,
      PlatformHttpEngine doors)
      throws Exception {
    context.getCamelContextExtension().setName(name);
    context.disableJMX();
    Map<String, Object> own = new HashMap<>(workshop.own(providers, purpose));
    own.put(PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME, doors);
    context
        .getCamelContextExtension()
        .setRegistry(
            new DefaultRegistry(new Own(own), new Reachable(workshop.shared(), this::mayReach)));
    context.build();
    context.setPropertiesComponent(properties());
    context.setStreamCaching(false);
    context.setAllowUseOriginalMessage(false);
    context.setUseBreadcrumb(false);
    context.setMessageHistory(false);
    context.setLoadHealthChecks(false);
    context.setStartupSummaryLevel(StartupSummaryLevel.Off);
    context.getShutdownStrategy().setTimeout(SHUTDOWN_SECONDS);
    context.getShutdownStrategy().setTimeUnit(TimeUnit.SECONDS);
    context.getShutdownStrategy().setLogInflightExchangesOnTimeout(false);
    plug(context, ProcessorFactory.class, workshop.processors(purpose));
    workshop.policies(purpose).forEach(context::addRoutePolicyFactory);
    ComponentResolver components = PluginHelper.getComponentResolver(context);
    plug(
        context,
        ComponentResolver.class,
        (scheme, asked) ->
            components.resolveComponent(accepted("component", scheme, limits.components()), asked));
    LanguageResolver languages = PluginHelper.getLanguageResolver(context);
    plug(
        context,
        LanguageResolver.class,
        (language, asked) ->
            languages.resolveLanguage(accepted("language", language, limits.languages()), asked));
    // a door that is missing is an error at once, not after 30 s
    DirectComponent direct = new DirectComponent();
    direct.setBlock(false);
    context.addComponent("direct", direct);
    own.forEach(
        (scheme, bean) -> {
          if (bean instanceof Component component) {
            context.addComponent(scheme, component);
          }
        });
  }

  /** Of the beans of the process: its steps, its ways of choosing, the defaults of breakers. */
  private boolean mayReach(Object bean) {
    return limits.acceptsStep(bean.getClass())
        || limits.acceptsChooser(bean.getClass())
        || bean instanceof Resilience4jConfigurationDefinition;
  }

  private static <T> void plug(CamelContext context, Class<T> kind, T plugin) {
    context.getCamelContextExtension().addContextPlugin(kind, plugin);
  }

  /** The rules have looked at what is written; this looks at what is asked for in the end. */
  private static String accepted(String kind, String name, Set<String> accepted) {
    if (!accepted.contains(name) && !name.equals(BEAN)) {
      throw new IllegalArgumentException("the " + kind + " " + name + " is not accepted");
    }
    return name;
  }

  /** Settings as the gateway reads them, without secrets, and nothing of the machine's. */
  private PropertiesComponent properties() {
    PropertiesComponent properties = new PropertiesComponent();
    properties.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
    properties.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
    properties.setAutoDiscoverPropertiesSources(false);
    properties.addPropertiesSource(
        new PropertiesSource() {
          @Override
          public String getName() {
            return "settings";
          }

          @Override
          public @Nullable String getProperty(String name) {
            return setting(name);
          }
        });
    return properties;
  }

  private @Nullable String setting(String name) {
    return Secrets.shown(name, workshop::setting);
  }

  /** A set's own beans. */
  private record Own(Map<String, Object> byName) implements BeanRepository {
    @Override
    public @Nullable Object lookupByName(String name) {
      return byName.get(name);
    }

    @Override
    public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
      Object bean = byName.get(name);
      return type.isInstance(bean) ? type.cast(bean) : null;
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
      Map<String, T> found = new HashMap<>();
      byName.forEach(
          (name, bean) -> {
            if (type.isInstance(bean)) {
              found.put(name, type.cast(bean));
            }
          });
      return found;
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
      return Set.copyOf(findByTypeWithName(type).values());
    }
  }
}
