package io.aigateway.call;

import java.lang.invoke.CallSite;
import java.lang.invoke.LambdaConversionException;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.processor.DefaultProcessorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link StepProcessor} wherever a route calls a bean that is {@link InMemory} by a method
 * that takes the exchange alone. Every other bean is called by Camel's own bean component, which
 * reflects, binds parameters and copies the message at each call.
 */
public class StepProcessorFactory extends DefaultProcessorFactory {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final Map<Method, Object> BOUND = new ConcurrentHashMap<>();

  @Override
  public @Nullable Processor createProcessor(Route route, NamedNode definition) throws Exception {
    Processor step = definition instanceof BeanDefinition bean ? step(route, bean) : null;
    return step != null ? step : super.createProcessor(route, definition);
  }

  private static @Nullable Processor step(Route route, BeanDefinition definition) {
    if (definition.getRef() == null || definition.getMethod() == null) {
      return null;
    }
    Object bean = route.getCamelContext().getRegistry().lookupByName(definition.getRef());
    if (bean == null || !bean.getClass().isAnnotationPresent(InMemory.class)) {
      return null;
    }
    Method method;
    try {
      method = bean.getClass().getMethod(definition.getMethod(), Exchange.class);
    } catch (NoSuchMethodException e) {
      return null;
    }
    if (Modifier.isStatic(method.getModifiers())
        || !Modifier.isPublic(bean.getClass().getModifiers())) {
      return null;
    }
    String name = definition.getRef() + "." + definition.getMethod();
    return method.getReturnType() == void.class
        ? StepProcessor.doing(name, bean, bound(StepProcessor.Action.class, void.class, method))
        : StepProcessor.making(name, bean, bound(StepProcessor.Maker.class, Object.class, method));
  }

  /** Made once: the class behind it is never unloaded, and routes are built again and again. */
  private static <T> T bound(Class<T> shape, Class<?> returned, Method method) {
    return shape.cast(BOUND.computeIfAbsent(method, made -> bind(shape, returned, made)));
  }

  /** The method as an object, as if its call had been written in Java. */
  private static <T> T bind(Class<T> shape, Class<?> returned, Method method) {
    try {
      MethodHandle handle = LOOKUP.unreflect(method);
      CallSite site =
          LambdaMetafactory.metafactory(
              LOOKUP,
              "take",
              MethodType.methodType(shape),
              MethodType.methodType(returned, Object.class, Exchange.class),
              handle,
              MethodType.methodType(
                  method.getReturnType(), handle.type().parameterType(0), Exchange.class));
      return shape.cast(site.getTarget().invoke());
    } catch (IllegalAccessException | LambdaConversionException e) {
      throw new IllegalArgumentException(method + " can't be called as a step", e);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
