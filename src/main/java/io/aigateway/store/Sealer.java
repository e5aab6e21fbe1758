package io.aigateway.store;

import io.aigateway.settings.Secret;
import io.aigateway.settings.Storage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what must not be read by whoever gets hold of the database: AES-256-GCM under the key of
 * {@code ENCRYPTION_KEY}, with the id of the key before it, so that what an older key has sealed is
 * still read. For all threads.
 */
public final class Sealer {
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final int ID_BYTES = 4;

  private final SecureRandom random;
  private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
  private final @Nullable String current;

  private Sealer(SecureRandom random, Optional<byte[]> key, Optional<byte[]> previous) {
    this.random = random;
    this.current = key.map(this::add).orElse(null);
    previous.ifPresent(this::add);
  }

  /** With the keys of the settings; without one it can't seal. */
  public static Sealer of(Storage settings, SecureRandom random) {
    return new Sealer(
        random,
        settings.encryptionKey().map(Sealer::bytes),
        settings.previousEncryptionKey().map(Sealer::bytes));
  }

  /** With a key that nobody else has and that ends with this process. */
  public static Sealer ofThisProcess(SecureRandom random) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    return new Sealer(random, Optional.of(key), Optional.empty());
  }

  /** Told by its length: 64 hex digits, 44 characters of base64, else 32 bytes as they are. */
  private static byte[] bytes(Secret secret) {
    String text = secret.reveal();
    return switch (text.length()) {
      case 64 -> HexFormat.of().parseHex(text);
      case 44 -> Base64.getDecoder().decode(text);
      default -> text.getBytes(StandardCharsets.UTF_8);
    };
  }

  private String add(byte[] key) {
    String id = HexFormat.of().formatHex(digest(key), 0, ID_BYTES);
    keys.put(id, new SecretKeySpec(key, "AES"));
    return id;
  }

  /** The digest of a label and the key: tells nothing of the key. */
  private static byte[] digest(byte[] key) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update("aigw key id".getBytes(StandardCharsets.UTF_8));
      return sha.digest(key);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether there is a key to seal with. */
  public boolean canSeal() {
    return current != null;
  }

  /** Whether this was sealed with the key that is in use now. */
  public boolean isCurrent(String sealed) {
    return current != null && sealed.startsWith(current + ".");
  }

  /**
   * Seals a text.
   *
   * @param purpose what it is for; it can only be opened for the same
   */
  public String seal(String text, String purpose) {
    if (current == null) {
      throw new IllegalStateException("no key to seal with");
    }
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] sealed =
        cipher(
                Cipher.ENCRYPT_MODE,
                keys.get(current),
                nonce,
                purpose,
                text.getBytes(StandardCharsets.UTF_8))
            .orElseThrow();
    byte[] all = ByteBuffer.allocate(NONCE + sealed.length).put(nonce).put(sealed).array();
    return current + "." + Base64.getEncoder().encodeToString(all);
  }

  /** The text; empty when it was sealed with another key, for another purpose, or was changed. */
  public Optional<String> open(String sealed, String purpose) {
    int dot = sealed.indexOf('.');
    SecretKeySpec key = dot < 0 ? null : keys.get(sealed.substring(0, dot));
    if (key == null) {
      return Optional.empty();
    }
    byte[] all;
    try {
      all = Base64.getDecoder().decode(sealed.substring(dot + 1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (all.length < NONCE) {
      return Optional.empty();
    }
    return cipher(
            Cipher.DECRYPT_MODE,
            key,
            Arrays.copyOf(all, NONCE),
            purpose,
            Arrays.copyOfRange(all, NONCE, all.length))
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private static Optional<byte[]> cipher(
      int mode, @Nullable SecretKeySpec key, byte[] nonce, String purpose, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
      return Optional.of(cipher.doFinal(input));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
