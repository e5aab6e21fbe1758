package io.aigateway.call;

import java.lang.invoke.CallSite;
import java.lang.invoke.LambdaConversionException;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
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
        ? StepProcessor.doing(name, bind(StepProcessor.Action.class, void.class, bean, method))
        : StepProcessor.making(name, bind(StepProcessor.Maker.class, Object.class, bean, method));
  }

  /** The method as an object, as if its call had been written in Java. */
  private static <T> T bind(Class<T> shape, Class<?> returned, Object bean, Method method) {
    try {
      MethodHandle handle = LOOKUP.unreflect(method);
      CallSite site =
          LambdaMetafactory.metafactory(
              LOOKUP,
              "take",
              MethodType.methodType(shape, bean.getClass()),
              MethodType.methodType(returned, Exchange.class),
              handle,
              MethodType.methodType(method.getReturnType(), Exchange.class));
      return shape.cast(site.getTarget().invoke(bean));
    } catch (IllegalAccessException | LambdaConversionException e) {
      throw new IllegalArgumentException(method + " can't be called as a step", e);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
