"""Where items come from: recordings and the virtual wearer."""
