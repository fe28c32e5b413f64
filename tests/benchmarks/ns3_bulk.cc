// 대량 전송 하나: 보내는 쪽 ― 라우터 없이 점대점 ― 받는 쪽
// 둘째 인자로 폴더를 주면 우리 Trace가 남기는 것을 적는다: 두 장치의 pcap, cwnd, 큐의 길이
#include "ns3/core-module.h"
#include "ns3/network-module.h"
#include "ns3/internet-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/applications-module.h"
#include <ctime>
#include <fstream>
#include <iostream>
using namespace ns3;
static uint64_t g_data = 0;
static void Tx(Ptr<const Packet> p) { if (p->GetSize() > 200) g_data++; }
static std::ofstream g_windows, g_queues;
static void WindowSize(uint32_t, uint32_t now) { g_windows << Simulator::Now().GetSeconds() << " " << now << "\n"; }
static void QueueLength(uint32_t, uint32_t now) { g_queues << Simulator::Now().GetSeconds() << " " << now << "\n"; }
static void Watch() {
  Config::ConnectWithoutContext("/NodeList/0/$ns3::TcpL4Protocol/SocketList/0/CongestionWindow", MakeCallback(&WindowSize));
}
int main(int argc, char** argv) {
  uint64_t size = std::stoull(argv[1]);
  Config::SetDefault("ns3::TcpL4Protocol::SocketType", StringValue("ns3::TcpNewReno"));
  Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1448));
  Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(1 << 20));
  Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(1 << 18));
  NodeContainer nodes; nodes.Create(2);
  PointToPointHelper link;
  link.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
  link.SetChannelAttribute("Delay", StringValue("10ms"));
  link.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("200p"));
  NetDeviceContainer devices = link.Install(nodes);
  InternetStackHelper stack; stack.Install(nodes);
  Ipv4AddressHelper address; address.SetBase("10.1.1.0", "255.255.255.0");
  Ipv4InterfaceContainer at = address.Assign(devices);
  BulkSendHelper source("ns3::TcpSocketFactory", InetSocketAddress(at.GetAddress(1), 80));
  source.SetAttribute("MaxBytes", UintegerValue(size));
  source.Install(nodes.Get(0)).Start(Seconds(0));
  PacketSinkHelper sinkHelper("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), 80));
  ApplicationContainer sinks = sinkHelper.Install(nodes.Get(1)); sinks.Start(Seconds(0));
  devices.Get(0)->TraceConnectWithoutContext("PhyTxEnd", MakeCallback(&Tx));
  if (argc > 2) {
    std::string folder = argv[2];
    link.EnablePcapAll(folder + "/bulk");
    g_windows.open(folder + "/windows.txt");
    g_queues.open(folder + "/queues.txt");
    Simulator::Schedule(MilliSeconds(1), &Watch);
    Config::ConnectWithoutContext("/NodeList/*/DeviceList/*/$ns3::PointToPointNetDevice/TxQueue/PacketsInQueue",
                                  MakeCallback(&QueueLength));
  }
  Simulator::Stop(Seconds(600));
  std::clock_t began = std::clock();
  Simulator::Run();
  double cpu = double(std::clock() - began) / CLOCKS_PER_SEC;
  std::cout << g_data << " " << cpu << " " << DynamicCast<PacketSink>(sinks.Get(0))->GetTotalRx() << std::endl;
  Simulator::Destroy();
}
