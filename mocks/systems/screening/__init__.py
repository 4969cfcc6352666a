"""The mock screening service: is a party on the sanctions list?"""
