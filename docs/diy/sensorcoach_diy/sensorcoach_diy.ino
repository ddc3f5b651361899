// A motion sensor for sensorcoach on a small board: what it sends is described in firmware_profiles/diy.toml.
//
// Boards:    Arduino Nano 33 BLE Sense (first revision), Nano 33 BLE Sense Rev2, Seeed XIAO nRF52840 Sense (mbed core)
// Libraries: ArduinoBLE, and Arduino_LSM9DS1, Arduino_BMI270_BMM150 or "Seeed Arduino LSM6DS3" for the board's sensor
//
// Choose the board here (one line):
#define BOARD_NANO_33_BLE_SENSE_REV2
// #define BOARD_NANO_33_BLE_SENSE
// #define BOARD_XIAO_SENSE

// A vibration motor (with its transistor) on this pin buzzes on an alert; take the line away if there is none.
// #define MOTOR_PIN 2

#include <ArduinoBLE.h>

#if defined(BOARD_NANO_33_BLE_SENSE_REV2)
#include <Arduino_BMI270_BMM150.h>
#elif defined(BOARD_NANO_33_BLE_SENSE)
#include <Arduino_LSM9DS1.h>
#elif defined(BOARD_XIAO_SENSE)
#include <LSM6DS3.h>
#include <Wire.h>
LSM6DS3 imu(I2C_MODE, 0x6A);
#else
#error "Choose a board at the top of this file."
#endif

const float ACC_LSB_PER_G = 4096.0f;   // 16 bits hold 8 g
const float GYRO_LSB_PER_DPS = 16.4f;  // 16 bits hold 2000 deg/s
const int HEADER_BYTES = 8;
const int SAMPLE_BYTES = 12;
const int MOST_SAMPLES = 10;
const uint8_t COMMAND_STOP = 0x00;
const uint8_t COMMAND_START = 0x01;
const uint8_t STATUS_OK = 0;
const uint8_t STATUS_WRONG_RATE = 1;
const unsigned long BUZZ_MS = 300;

BLEService service("8d0c0001-51f6-4b1e-a5d3-6b7e2a94c1f0");
BLECharacteristic control("8d0c0002-51f6-4b1e-a5d3-6b7e2a94c1f0", BLEWrite | BLENotify, 8);
BLECharacteristic data("8d0c0003-51f6-4b1e-a5d3-6b7e2a94c1f0", BLENotify, HEADER_BYTES + MOST_SAMPLES * SAMPLE_BYTES);
#ifdef MOTOR_PIN
BLEService alertService("1802");
BLEByteCharacteristic alert("2A06", BLEWriteWithoutResponse);
unsigned long buzzUntilMs = 0;
#endif

uint8_t packet[HEADER_BYTES + MOST_SAMPLES * SAMPLE_BYTES];
uint16_t packetCount = 0;
int samplesPerPacket = 5;
int samplesWaiting = 0;
unsigned long periodUs = 20000;
unsigned long dueUs = 0;
bool streaming = false;

bool beginSensor() {
#if defined(BOARD_XIAO_SENSE)
  imu.settings.accelRange = 8;
  imu.settings.accelSampleRate = 104;
  imu.settings.gyroRange = 2000;
  imu.settings.gyroSampleRate = 104;
  return imu.begin() == 0;
#else
  return IMU.begin();
#endif
}

// Acceleration in g and angular rate in deg/s, in the axes of the board's own sensor.
void readSensor(float v[6]) {
#if defined(BOARD_XIAO_SENSE)
  v[0] = imu.readFloatAccelX();
  v[1] = imu.readFloatAccelY();
  v[2] = imu.readFloatAccelZ();
  v[3] = imu.readFloatGyroX();
  v[4] = imu.readFloatGyroY();
  v[5] = imu.readFloatGyroZ();
#else
  IMU.readAcceleration(v[0], v[1], v[2]);
  IMU.readGyroscope(v[3], v[4], v[5]);
#endif
}

void put16(int at, uint16_t value) {
  packet[at] = value & 0xFF;
  packet[at + 1] = value >> 8;
}

void put32(int at, uint32_t value) {
  put16(at, value & 0xFFFF);
  put16(at + 2, value >> 16);
}

uint16_t toRaw(float value, float lsb) {
  float scaled = roundf(value * lsb);
  if (scaled > 32767.0f) scaled = 32767.0f;
  if (scaled < -32768.0f) scaled = -32768.0f;
  return (uint16_t)(int16_t)scaled;
}

void takeSample(uint32_t nowUs) {
  float v[6];
  readSensor(v);
  int at = HEADER_BYTES + samplesWaiting * SAMPLE_BYTES;
  for (int i = 0; i < 6; i++) put16(at + 2 * i, toRaw(v[i], i < 3 ? ACC_LSB_PER_G : GYRO_LSB_PER_DPS));
  samplesWaiting++;
  if (samplesWaiting < samplesPerPacket) return;
  put16(0, packetCount++);  // counts on even when a packet cannot be sent, so that the loss shows
  put32(2, nowUs);
  packet[6] = samplesWaiting;
  packet[7] = 0;
  data.writeValue(packet, HEADER_BYTES + samplesWaiting * SAMPLE_BYTES);
  samplesWaiting = 0;
}

void answer(const uint8_t *bytes, int length) { control.writeValue(bytes, length); }

void start(uint16_t rateHz) {
  uint8_t status = STATUS_OK;
  if (rateHz != 25 && rateHz != 50 && rateHz != 100) status = STATUS_WRONG_RATE;
  if (status == STATUS_OK) {
    periodUs = 1000000UL / rateHz;
    samplesPerPacket = rateHz > 50 ? 10 : 5;
    samplesWaiting = 0;
    dueUs = micros() + periodUs;
    streaming = true;
  }
  uint8_t reply[] = {COMMAND_START, (uint8_t)(rateHz & 0xFF), (uint8_t)(rateHz >> 8), status};
  answer(reply, sizeof(reply));
}

void onCommand(BLEDevice, BLECharacteristic) {
  const uint8_t *command = control.value();
  int length = control.valueLength();
  if (length >= 3 && command[0] == COMMAND_START) {
    start(command[1] | (uint16_t)command[2] << 8);
  } else if (length >= 1 && command[0] == COMMAND_STOP) {
    streaming = false;
    uint8_t reply[] = {COMMAND_STOP, STATUS_OK};
    answer(reply, sizeof(reply));
  }
}

void onDisconnect(BLEDevice) { streaming = false; }

void halt() {
  pinMode(LED_BUILTIN, OUTPUT);
  while (true) {  // blinks fast: the sensor or the radio does not start
    digitalWrite(LED_BUILTIN, (millis() / 100) % 2);
  }
}

void setup() {
#ifdef MOTOR_PIN
  pinMode(MOTOR_PIN, OUTPUT);
  digitalWrite(MOTOR_PIN, LOW);
#endif
  if (!beginSensor() || !BLE.begin()) halt();
  BLE.setLocalName("sensorcoach DIY");
  BLE.setDeviceName("sensorcoach DIY");
  BLE.setAdvertisedService(service);
  service.addCharacteristic(control);
  service.addCharacteristic(data);
  BLE.addService(service);
#ifdef MOTOR_PIN
  alertService.addCharacteristic(alert);
  BLE.addService(alertService);
#endif
  control.setEventHandler(BLEWritten, onCommand);
  BLE.setEventHandler(BLEDisconnected, onDisconnect);
  BLE.setConnectionInterval(12, 24);  // 15 to 30 ms, in steps of 1.25 ms
  BLE.advertise();
}

void loop() {
  BLE.poll();
#ifdef MOTOR_PIN
  if (alert.written()) buzzUntilMs = alert.value() ? millis() + BUZZ_MS : 0;
  digitalWrite(MOTOR_PIN, (long)(buzzUntilMs - millis()) > 0 ? HIGH : LOW);
#endif
  if (!streaming) return;
  uint32_t nowUs = micros();
  if ((int32_t)(nowUs - dueUs) < 0) return;
  dueUs += periodUs;
  if ((int32_t)(nowUs - dueUs) > 0) dueUs = nowUs + periodUs;  // fell behind: go on from here
  takeSample(nowUs);
}
